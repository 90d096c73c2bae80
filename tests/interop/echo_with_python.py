# SPDX-License-Identifier: MIT
"""An echo server on Python's websockets."""

import asyncio

import websockets


async def echo(socket):
    await socket.send("Welcome to Awesome Chat")
    async for message in socket:
        await socket.send(message)


async def main():
    async with websockets.serve(echo, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"listening on ws://127.0.0.1:{port}", flush=True)
        await asyncio.Future()


asyncio.run(main())
