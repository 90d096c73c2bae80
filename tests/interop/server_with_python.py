#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Our server as Python's websockets sees it: server_with_python.py SERVER_PROGRAM"""

import asyncio
import re
import signal
import sys

import websockets

MEBIBYTE = 1024 * 1024
GREETING = "Welcome to Awesome Chat"


async def start_server(program):
    """Returns the running server and the first URL it prints."""
    server = await asyncio.create_subprocess_exec(program, "--port", "0", stdout=asyncio.subprocess.PIPE)
    line = (await server.stdout.readline()).decode()
    match = re.fullmatch(r"listening on (\S+)\n", line)
    assert match, f"the server ended without listening: {line!r}"
    return server, match[1]


async def open_client(url):
    client = await websockets.connect(url, max_size=None)
    assert await client.recv() == GREETING
    return client


async def expect_echo(client, message):
    await client.send(message)
    echo = await client.recv()
    # In Python "a" != b"a", so this compares the type too.
    assert echo == message, "the echo is not what was sent"


async def close(client):
    await client.close(1000, "bye")
    assert (client.close_code, client.close_reason) == (1000, "bye")


async def greets(url, _server):
    await close(await open_client(url))


async def text_stays_text(url, _server):
    client = await open_client(url)
    planes = "".join(chr(plane * 0x10000 + 0x100) for plane in range(17))
    for text in ("hello", "", "a\0b", "é€😀", "\ufffe\uffff\ufdd0", planes):
        await expect_echo(client, text)
    await close(client)


async def binary_stays_binary(url, _server):
    client = await open_client(url)
    await expect_echo(client, bytes(range(256)))
    await expect_echo(client, b"text that is sent as binary")
    await close(client)


async def sizes(url, _server):
    client = await open_client(url)
    for size in (0, 1, 125, 126, 65535, 65536, 16 * MEBIBYTE):
        await expect_echo(client, b"b" * size)
        await expect_echo(client, "t" * size)
    await close(client)


async def character_across_512_kib(url, _server):
    client = await open_client(url)
    for before in range(4):
        await expect_echo(client, "." * (512 * 1024 - before) + "😀")
    await close(client)


async def order(url, _server):
    client = await open_client(url)
    messages = [str(n).encode() if n % 3 == 0 else str(n) for n in range(10_000)]

    async def send_all():
        for message in messages:
            await client.send(message)

    sending = asyncio.create_task(send_all())
    for message in messages:
        assert await client.recv() == message
    await sending
    await close(client)


async def ping_and_pong(url, _server):
    client = await open_client(url)
    await (await client.ping("are you there?"))
    await close(client)


async def fragmented_messages(url, _server):
    client = await open_client(url)
    await client.send([b"\x00\x01", b"", b"\xfe\xff"])
    assert await client.recv() == b"\x00\x01\xfe\xff"
    await client.send(["one €, ", "two €"])
    assert await client.recv() == "one €, two €"
    await close(client)


async def too_large(url, _server):
    for size in (16 * MEBIBYTE + 1, 64 * MEBIBYTE):
        for message in (b"b" * size, "t" * size):
            client = await open_client(url)
            try:
                await client.send(message)
                await client.recv()
            except websockets.ConnectionClosed:
                pass
            assert client.close_code == 1009, client.close_code


async def close_as_asked_for(url, _server):
    for query, expected in (
        ("code=4000&reason=%E2%82%AC+why", (4000, "€ why")),
        ("code=none", (1005, "")),
    ):
        client = await open_client(f"{url}/?close-after=1&{query}")
        await expect_echo(client, "the last one")
        await client.wait_closed()
        assert (client.close_code, client.close_reason) == expected


async def reset(url, _server):
    client = await open_client(f"{url}/?drop-after=2")
    await expect_echo(client, "one")
    await expect_echo(client, b"two")
    await client.wait_closed()
    assert client.close_code == 1006, client.close_code


async def late_fragments(url, _server):
    client = await open_client(f"{url}/?fragment=3&delay=20")
    messages = ["a€😀" * 100, b"binary" * 100, "", "end"]
    for message in messages:
        await client.send(message)
    for message in messages:
        assert await client.recv() == message
    await close(client)


async def flood(url, _server):
    client = await open_client(f"{url}/?flood=10000&size=8")
    for number in range(1, 10_001):
        assert await client.recv() == str(number).ljust(8, ".")
    await close(client)


async def subprotocol(url, _server):
    for query, expected in (("?subprotocol", "chat"), ("", None)):
        client = await websockets.connect(f"{url}/{query}", subprotocols=["chat", "mqtt"])
        assert client.subprotocol == expected, client.subprotocol
        await client.close()


async def not_known(url, _server):
    try:
        await websockets.connect(f"{url}/?nonsense")
    except websockets.InvalidStatusCode as error:
        assert error.status_code == 400
    else:
        assert False, "the server takes a query that it does not know"


async def going_away(url, server):
    clients = [await open_client(url) for _ in range(20)]
    server.send_signal(signal.SIGTERM)
    for client in clients:
        await client.wait_closed()
        assert (client.close_code, client.close_reason) == (1001, "Server stopping")
    assert await server.wait() == 0


CHECKS = {
    "greets": greets,
    "text stays text, in every plane of Unicode": text_stays_text,
    "binary stays binary, in every byte": binary_stays_binary,
    "sizes up to 16 MiB": sizes,
    "a character across 512 KiB": character_across_512_kib,
    "order of 10,000 messages": order,
    "ping and pong": ping_and_pong,
    "fragmented messages": fragmented_messages,
    "1009 on too large a message": too_large,
    "a Close frame as it was asked for": close_as_asked_for,
    "a reset": reset,
    "fragments, late and in order": late_fragments,
    "a flood": flood,
    "a subprotocol": subprotocol,
    "HTTP 400 on what is not known": not_known,
    "1001 on SIGTERM": going_away,
}


async def main():
    server, url = await start_server(sys.argv[1])
    try:
        for name, check in CHECKS.items():
            await check(url, server)
            print(f"ok: {name}", flush=True)
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


asyncio.run(main())
