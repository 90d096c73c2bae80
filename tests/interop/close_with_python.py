# SPDX-License-Identifier: MIT
"""A server on Python's websockets that closes as the path says: see close_with_node.js."""

import asyncio

import websockets
from websockets.frames import Close

ended = None


async def talk(socket):
    """Sends until the client closes, and returns how many messages that were."""
    sent = 0
    try:
        while True:
            await socket.send("x" * 1000)
            sent += 1
            await asyncio.sleep(0)  # send() alone leaves no turn to what is received
    except websockets.ConnectionClosed:
        return sent


async def serve(socket):
    global ended
    path = socket.path[1:]
    if path == "last":
        await socket.send(await ended)
        await socket.wait_closed()
        return
    ended = asyncio.get_running_loop().create_future()
    sent = 0
    if path == "flood":
        sent = await talk(socket)
    elif path == "none":
        await socket.write_close_frame(Close(1005, ""), b"")
    elif path:
        await socket.close(int(path), "later")
    await socket.wait_closed()
    ended.set_result(f"{socket.close_rcvd.code} {socket.close_rcvd.reason} {sent}")


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"listening on ws://127.0.0.1:{port}", flush=True)
        await asyncio.Future()


asyncio.run(main())
