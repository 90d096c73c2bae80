# SPDX-License-Identifier: MIT
"""A long talk with many peers, some of whom behave badly: nothing may be lost, changed or reordered, memory stays flat.

usage: soak.py AWESOME-CHAT-SERVER SECONDS
"""

import asyncio
import hashlib
import os
import random
import struct
import subprocess
import sys

PEERS = 200
SIZES = (0, 1, 20, 125, 126, 1000, 65535, 65536, 200_000)
WEIGHTS = (1, 4, 40, 4, 4, 20, 2, 2, 1)
FAULTS = 0.01  # of all conversations' steps: a reset, bad bytes, half a frame, or a peer that does not read
IN_FLIGHT = 8
REQUEST = (b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")


def frame(opcode, payload):
    size = len(payload)
    head = bytes([0x80 | opcode])
    if size <= 125:
        head += bytes([0x80 | size])
    elif size <= 0xFFFF:
        head += b"\xfe" + struct.pack(">H", size)
    else:
        head += b"\xff" + struct.pack(">Q", size)
    return head + bytes(4) + payload


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
        assert (opcode, greeting) == (1, b"Welcome to Awesome Chat"), (opcode, greeting)
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
                writer.write(frame(8, b"\x03\xe8"))
                assert await read_frame(reader) == (8, b"\x03\xe8")
                writer.close()


def memory(pid):
    """Resident memory in KiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


async def main(program, seconds):
    server = subprocess.Popen([program, "--listen", "127.0.0.1", "--port", "0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = int(server.stdout.readline().rsplit(":", 1)[1])
        soak = Soak(port, seconds)
        peers = asyncio.gather(*(soak.peer(number) for number in range(PEERS)))
        await asyncio.sleep(seconds / 3)
        early = memory(server.pid)
        files_early = len(os.listdir(f"/proc/{server.pid}/fd"))
        await peers
        late = memory(server.pid)
        print(f"{soak.messages} messages, {soak.faults} faults, {early} KiB after a third, {late} KiB at the end")
        assert soak.messages > 0 and soak.faults > 0
        assert late < early * 1.2 + 4096, "memory grows"
        assert files_early > PEERS / 2
    finally:
        server.terminate()
        code = server.wait(20)
        server.stdout.close()
    assert code == 0, code


asyncio.run(main(sys.argv[1], float(sys.argv[2])))
