# SPDX-License-Identifier: MIT
"""Python's websockets."""

import asyncio
import platform

import websockets


async def echo(socket, path=None):
    async for message in socket:
        await socket.send(message)


async def main():
    async with websockets.serve(echo, "127.0.0.1", 0, compression=None, backlog=4096) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"listening on port {port}: websockets {websockets.__version__}, Python {platform.python_version()}", flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
