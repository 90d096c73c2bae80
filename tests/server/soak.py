# SPDX-License-Identifier: MIT
"""A long talk with many peers, some of whom behave badly: nothing may be lost, changed or reordered, memory stays flat.

usage: soak.py AWESOME-CHAT-SERVER SECONDS
"""

import asyncio
import hashlib
import random
import struct
import sys

from rawpeer import CLOSE, GREETING, IS_SANITIZED, REQUEST, TEXT, Server, close_frame, frame, measured

PEERS = 200
SIZES = (0, 1, 20, 125, 126, 1000, 65535, 65536, 200_000)
WEIGHTS = (1, 4, 40, 4, 4, 20, 2, 2, 1)
FAULTS = 0.01  # of all conversations' steps: a reset, bad bytes, half a frame, or a peer that does not read
IN_FLIGHT = 8
MOST_GROWTH = 4096  # KiB: about 12 bytes for each message of 20 s


async def read_frame(reader):
    first, size = await reader.readexactly(2)
    if size == 126:
        size = struct.unpack(">H", await reader.readexactly(2))[0]
    elif size == 127:
        size = struct.unpack(">Q", await reader.readexactly(8))[0]
    return first & 0x0F, await reader.readexactly(size)


class Soak:
    def __init__(self, port, seconds):
        self.port = port
        self.end = asyncio.get_running_loop().time() + seconds
        self.messages = 0
        self.faults = 0

    def is_over(self):
        return asyncio.get_running_loop().time() >= self.end

    async def connect(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        opcode, greeting = await read_frame(reader)
        assert (opcode, greeting) == (TEXT, GREETING), (opcode, greeting)
        return reader, writer

    async def misbehave(self, dice, reader, writer):
        self.faults += 1
        fault = dice.randrange(4)
        if fault == 0:
            writer.write(b"\x81\x01x")  # not masked
        elif fault == 1:
            writer.write(frame(1, b"\xff"))  # not UTF-8
        elif fault == 2:
            writer.write(frame(2, bytes(1000))[:500])  # half a frame
        else:
            for _ in range(100):  # and does not read the echoes
                writer.write(frame(2, bytes(65536)))
        writer.transport.abort()
        del reader

    async def peer(self, number):
        dice = random.Random(number)
        while not self.is_over():
            reader, writer = await self.connect()
            while not self.is_over():
                if dice.random() < FAULTS:
                    await self.misbehave(dice, reader, writer)
                    break
                sent = []
                for sequence in range(dice.randint(1, IN_FLIGHT)):
                    size = dice.choices(SIZES, WEIGHTS)[0]
                    opcode = dice.choice((1, 2))
                    # ASCII, so that it may go as text; the sequence is in the first bytes.
                    payload = (b"%08d" % sequence + bytes([65 + dice.randrange(26)]) * size)[:size]
                    sent.append((opcode, size, hashlib.sha256(payload).digest()))
                    writer.write(frame(opcode, payload))
                await writer.drain()
                for expected in sent:
                    opcode, payload = await read_frame(reader)
                    got = (opcode, len(payload), hashlib.sha256(payload).digest())
                    assert got == expected, f"peer {number}: {got[:2]} instead of {expected[:2]}"
                    self.messages += 1
            else:
                writer.write(close_frame(1000))
                assert await read_frame(reader) == (CLOSE, b"\x03\xe8")
                writer.close()


async def main(server, seconds):
    soak = Soak(server.port, seconds)
    peers = asyncio.gather(*(soak.peer(number) for number in range(PEERS)))
    await asyncio.sleep(seconds / 3)
    early = server.memory()
    files_early = server.files()
    await peers
    late = server.memory()
    measured(f"{soak.messages} messages, {soak.faults} faults",
             f"memory {early} KiB after a third, {late} KiB at the end")
    assert soak.messages > 0 and soak.faults > 0
    quarantine = early // 5 if IS_SANITIZED else 0
    assert late < early + quarantine + MOST_GROWTH, "memory grows"
    assert files_early > PEERS / 2


with Server() as program:
    asyncio.run(main(program, float(sys.argv[2])))
