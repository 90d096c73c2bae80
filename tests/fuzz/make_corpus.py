# SPDX-License-Identifier: MIT
"""Writes the seeds of the fuzz targets into corpus/: one small file for each kind of frame, violation, request and behaviour.

usage: make_corpus.py

Those named found-HASH were found by fuzzing; it leaves them alone.
"""

from pathlib import Path
from struct import pack

CORPUS = Path(__file__).resolve().parent / "corpus"
MASK = bytes.fromhex("37fa213d")  # RFC 6455 5.7

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def length(size, mask_bit=0x80):
    if size < 126:
        return bytes([mask_bit | size])
    if size < 65536:
        return bytes([mask_bit | 126]) + pack(">H", size)
    return bytes([mask_bit | 127]) + pack(">Q", size)


def frame(opcode, payload=b"", final=True):
    payload = payload.encode() if isinstance(payload, str) else payload
    masked = bytes(byte ^ MASK[i % 4] for i, byte in enumerate(payload))
    return bytes([final << 7 | opcode]) + length(len(payload)) + MASK + masked


def close(code, reason=""):
    return frame(CLOSE, pack(">H", code) + reason.encode())


def fragments(opcode, *payloads):
    last = len(payloads) - 1
    return b"".join(frame(opcode if i == 0 else 0, payload, i == last) for i, payload in enumerate(payloads))


# What a client sends, right and wrong. The wire takes messages of up to 200 bytes and 8 fragments; so do these frames.
STREAMS = {
    "text": frame(TEXT, "Hello"),
    "text-empty": frame(TEXT),
    "text-unicode": frame(TEXT, "κόσμε € 😀 \u0000\uffff"),
    "text-bom": frame(TEXT, "\ufeffx"),
    "binary": frame(BINARY, bytes(range(0, 256, 7))),
    "binary-126": frame(BINARY, b"b" * 126),
    "binary-largest": frame(BINARY, b"b" * 200),
    "several": frame(TEXT, "one") + frame(BINARY, "two") + frame(PING, "three") + frame(TEXT, "four"),
    "many": b"".join(frame(TEXT, str(i)) for i in range(20)),
    "fragments": fragments(TEXT, "a", "b", "c"),
    "fragments-empty": fragments(BINARY, "", "", ""),
    "fragments-most": fragments(TEXT, *"12345678"),
    "fragments-inside-character": fragments(TEXT, b"\xf0\x9f", b"\x98", b"\x80"),
    "control-between-fragments": frame(TEXT, "a", False) + frame(PING, "p") + frame(PONG) + frame(0, "b"),
    "close-between-fragments": frame(TEXT, "a", False) + close(1001),
    "ping": frame(PING),
    "ping-largest": frame(PING, b"p" * 125),
    "pings": frame(PING, "x") * 12,
    "pong": frame(PONG, "unasked"),
    "close": frame(CLOSE),
    "close-1000": close(1000, "bye"),
    "close-4999": close(4999, "€" * 41),
    "close-then-more": frame(TEXT, "a") + close(1000) + frame(TEXT, "b"),
    "bad-unmasked": frame(TEXT, "a") + b"\x81\x01b",
    "bad-reserved-bit": frame(0x41, "a"),
    "bad-reserved-opcode": frame(3, "a"),
    "bad-reserved-control": frame(11, "a"),
    "bad-continuation": frame(0, "a"),
    "bad-message-in-message": frame(TEXT, "a", False) + frame(TEXT, "b"),
    "bad-control-fragment": frame(PING, "a", False),
    "bad-control-large": frame(PING, b"p" * 126),
    "bad-length-16": b"\x81\xfe\x00\x05" + MASK + b"Hello",
    "bad-length-64": b"\x82\xff" + pack(">Q", 200) + MASK,
    "bad-length-negative": b"\x82\xff\xff" + bytes(7) + MASK,
    "bad-large": frame(BINARY, b"b" * 201),
    "bad-large-announced": b"\x82\xff" + pack(">Q", 1 << 62),
    "bad-large-in-all": fragments(BINARY, b"b" * 150, b"b" * 51),
    "bad-fragments": fragments(TEXT, *"123456789"),
    "bad-utf8": frame(TEXT, b"\xc3\x28"),
    "bad-utf8-overlong": frame(TEXT, b"\xe0\x80\x80"),
    "bad-utf8-surrogate": frame(TEXT, b"a\xed\xa0\x80b"),
    "bad-utf8-large": frame(TEXT, b"\xf4\x90\x80\x80"),
    "bad-utf8-end": frame(TEXT, "€".encode()[:2]),
    "bad-utf8-fragment": fragments(TEXT, b"\xce\xba\xf4", b"\x90", b"\x80\x80"),
    "bad-close-half": frame(CLOSE, b"\x03"),
    "bad-close-999": close(999),
    "bad-close-1005": close(1005),
    "bad-close-1016": close(1016),
    "bad-close-reason": frame(CLOSE, b"\x03\xe8\xff"),
    "cut-header": frame(TEXT, "a") + b"\x82",
    "cut-length": b"\x82\xfe\x01",
    "cut-mask": b"\x82\x85\x37\xfa",
    "cut-payload": frame(BINARY, "abcdef")[:-2],
    "cut-message": frame(TEXT, "a", False),
}

# The others are for the reader alone.
STREAMS_OF_THE_WIRE = (
    "text-unicode", "text-bom", "binary-largest", "several", "many", "fragments", "fragments-inside-character",
    "control-between-fragments", "ping-largest", "pings", "pong", "close", "close-4999", "close-then-more",
    "bad-unmasked", "bad-large-announced", "bad-fragments", "bad-utf8-fragment", "bad-close-1005", "cut-payload",
)


def frames_seeds():
    """The message limit less 125, the limit of fragments less 1, a cut."""
    for i, (name, stream) in enumerate(STREAMS.items()):
        yield name, bytes([75, 7, (3, 200)[i % 2]]) + stream
    yield "limits-smallest", bytes([0, 0, 0]) + frame(BINARY, b"b" * 125) + frame(BINARY, b"", False)
    yield "limits-largest", bytes([255, 255, 129]) + fragments(BINARY, *[b""] * 60) + frame(TEXT, "end")


STAYS, ENDS_INPUT, LEAVES, VANISHES = range(4)
HAS_REQUEST, IS_RATE_LIMITED, HAS_PAUSES = 4, 8, 16
NEVER_READS = 255


def script(ending, stream, query="", flags=0, cut=0, reads=0, stops=0, breaks=0):
    return bytes([ending | HAS_REQUEST | flags, cut, reads, stops, breaks]) + query.encode() + b"\n" + stream


def request_script(request, ending=STAYS, cut=0):
    return bytes([ending, cut, 0, 0, 0]) + request


QUERIES = {
    "greeting": "greeting=Hi%20%E2%82%AC",
    "greeting-off": "greeting=off",
    "delay": "delay=100",
    "delay-longest": "delay=60000",
    "close-after": "close-after=2&code=4000&reason=enough",
    "close-at-once": "close-after=0",
    "close-forbidden": "close-after=1&code=1005",
    "close-bare": "close-after=1&code=none",
    "drop-after": "drop-after=1",
    "drop-at-once": "drop-after=0&greeting=x",
    "silent": "silent",
    "every": "every=1000",
    "every-often": "every=1",
    "flood": "flood=12&size=150",
    "flood-empty": "flood=100&size=0",
    "fragment": "fragment=1",
    "ping": "ping=2000",
    "subprotocol": "subprotocol",
    "together": "greeting=x&delay=5&fragment=3&flood=2&size=9&ping=7000&every=9000&close-after=3",
    "plain": "&&",
    "bad-name": "echo=1",
    "bad-value": "delay=-1",
    "bad-encoding": "greeting=%zz",
    "bad-utf8": "greeting=%ff",
    "bad-twice": "silent&silent",
    "bad-companion": "code=1000",
    "bad-reason": "close-after=1&code=none&reason=x",
}

TALK = frame(TEXT, "one") + frame(PING, "p") + frame(BINARY, b"\x00\xff") + frame(TEXT, "three")


def wire_seeds():
    """Flags, a cut, what the peer reads a turn, when the server stops, when the connection breaks, a query, a stream."""
    for i, name in enumerate(STREAMS_OF_THE_WIRE):
        yield f"frames-{name}", script(i % 3, STREAMS[name], cut=(0, 7, 130)[i // 3 % 3])
    for name, query in QUERIES.items():
        if not name.startswith("bad-") or name == "bad-name":
            yield f"query-{name}", script(STAYS, TALK, query)
    for ending in ("delay", "flood", "silent", "every"):
        yield f"ends-{ending}", script(ENDS_INPUT, TALK, QUERIES[ending])
    large = frame(BINARY, b"b" * 150) * 6
    yield "reads-slowly", script(LEAVES, large + close(1000), reads=40)
    yield "reads-slowly-and-ends", script(ENDS_INPUT, large, reads=90)
    yield "reads-nothing", script(STAYS, large, reads=NEVER_READS)
    yield "reads-no-flood", script(STAYS, TALK, "flood=1000000&size=200", reads=NEVER_READS)
    yield "reads-no-delayed", script(STAYS, TALK * 10, "delay=10", reads=NEVER_READS)
    yield "vanishes", script(VANISHES, TALK, cut=9)
    yield "breaks-at-once", script(STAYS, TALK, breaks=1)
    yield "breaks-inside", script(STAYS, TALK, cut=20, breaks=30)
    yield "breaks-slow", script(STAYS, large, reads=50, breaks=60)
    yield "rate", script(STAYS, frame(TEXT, "x") * 9, flags=IS_RATE_LIMITED)
    yield "pauses", script(STAYS, TALK, flags=HAS_PAUSES, cut=128)
    yield "pauses-in-request", script(STAYS, TALK, flags=HAS_PAUSES, cut=20)
    yield "pauses-delayed", script(ENDS_INPUT, TALK * 3, "delay=1500", HAS_PAUSES, cut=127)
    yield "pauses-rate", script(STAYS, frame(TEXT, "x") * 30, flags=HAS_PAUSES | IS_RATE_LIMITED, cut=100)
    yield "stops-before", script(STAYS, TALK, cut=20, stops=1)
    yield "stops-inside", script(STAYS, TALK, cut=60, stops=8)
    yield "stops-delayed", script(STAYS, TALK, "delay=1000&fragment=2", stops=5)
    yield "stops-slow", script(STAYS, TALK, "flood=9", reads=9, stops=5)
    for name in REQUESTS_OF_THE_WIRE:
        yield f"request-{name}", request_script(REQUESTS[name], cut=50)
    yield "request-none", request_script(b"")
    yield "request-none-and-ends", request_script(b"", ENDS_INPUT)
    yield "request-cut-and-ends", request_script(b"GET / HTTP/1.1\r\nHost: x", ENDS_INPUT)
    yield "request-cut-and-leaves", request_script(b"GET / HTTP/1.1\r\nHost: x", LEAVES)
    yield "request-then-frames", request_script(request() + TALK, ENDS_INPUT)


HEADERS = {
    "Host": "localhost:3000",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def request(line="GET / HTTP/1.1", more="", **changes):
    headers = HEADERS | {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [line] + [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return "".join(f"{text}\r\n" for text in lines).encode() + more.encode("latin-1") + b"\r\n"


REQUESTS = {
    "good": request(),
    "lower-case": request().lower().replace(b"get / http", b"GET / HTTP"),
    "connection-list": request(Connection="keep-alive, Upgrade"),
    "url": request("GET ws://localhost:3000/chat?silent HTTP/1.1"),
    "url-of-another": request("GET http://elsewhere/ HTTP/1.1"),
    "origin": request(Origin="https://example.com"),
    "origin-of-another": request(Origin="https://elsewhere.example:8443"),
    "origin-null": request(Origin="null"),
    "subprotocols": request("GET /?subprotocol HTTP/1.1", Sec_WebSocket_Protocol="chat, superchat"),
    "extensions": request(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits"),
    "host-loopback": request(Host="127.0.0.1"),
    "host-ipv6": request(Host="[::1]:3000"),
    "host-dot": request(Host="chat.example."),
    "host-elsewhere": request(Host="localhost.elsewhere"),
    "host-bad": request(Host="user@localhost"),
    "host-none": request(Host=None),
    "host-twice": request(more="Host: localhost\r\n"),
    "key-short": request(Sec_WebSocket_Key="c2hvcnQ="),
    "key-none": request(Sec_WebSocket_Key=None),
    "key-twice": request(more="sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
    "version-8": request(Sec_WebSocket_Version="8"),
    "upgrade-none": request(Upgrade=None),
    "upgrade-list": request(Upgrade="websocket, h2c"),
    "connection-close": request(Connection="close"),
    "post": request("POST / HTTP/1.1"),
    "head": request("HEAD / HTTP/1.1"),
    "http-1.0": request("GET / HTTP/1.0"),
    "http-2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "body": request(Content_Length="5"),
    "body-chunked": request(Transfer_Encoding="chunked"),
    "folded": request(more=" folded\r\n"),
    "no-colon": request(more="nothing\r\n"),
    "blank-before-colon": request(more="Name : x\r\n"),
    "name-bad": request(more="Na(me: x\r\n"),
    "carriage-return": request(more="A: b\rc\r\n"),
    "line-feed-alone": request().replace(b"\r\n", b"\n"),
    "nul": request(more="A: b\0c\r\n"),
    "latin1": request(more="A: \xe9\r\n"),
    "fragment": request("GET /#here HTTP/1.1"),
    "asterisk": request("GET * HTTP/1.1"),
    "words": request("GET  / HTTP/1.1"),
    "tls": bytes.fromhex("16030100a5010000a10303"),
    "headers-101": request(more="a:\r\n" * 96),
    "line-long": b"GET /" + b"a" * 900,
}

# The others are for the handshake alone.
REQUESTS_OF_THE_WIRE = ("good", "lower-case", "url", "origin", "subprotocols", "upgrade-none", "head", "body", "tls")


def handshake_seeds():
    """0: a policy, a cut, a request. 2: a message limit less 125, a query. 3: a length, a text."""
    for i, (name, text) in enumerate(REQUESTS.items()):
        yield f"request-{name}", bytes([0, i % 3, (5, 150)[i % 2]]) + text
    for name, query in QUERIES.items():
        yield f"query-{name}", bytes([2, 255]) + query.encode()
    yield "log-text", bytes([3, 200]) + "Grüße € 😀".encode()
    yield "log-controls", bytes([3, 200]) + "\x1b[2J\r\n\t\\\u0085\u202e\u2028\ufeff\U000e0041".encode()
    yield "log-surrogates", bytes([3, 200]) + "a\ud800b\udc00".encode("utf-16-le", "surrogatepass")
    yield "log-long", bytes([3, 9]) + b"x\x01" * 450


def main():
    for target, seeds in {"frames": frames_seeds, "wire": wire_seeds, "handshake": handshake_seeds}.items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, seed in seeds():
            (folder / f"{name}.bin").write_bytes(seed)


main()
