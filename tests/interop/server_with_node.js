// SPDX-License-Identifier: MIT
// Our server as Node's ws sees it: node server_with_node.js SERVER_PROGRAM
'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const WebSocket = require('ws');

const mebibyte = 1024 * 1024;
const greeting = 'Welcome to Awesome Chat';

/** Resolves to the running server and the first URL it prints. */
async function startServer(program) {
    const server = spawn(program, ['--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    process.on('exit', () => server.kill('SIGKILL'));
    let output = '';
    for await (const chunk of server.stdout.iterator({ destroyOnReturn: false })) {
        output += chunk;
        const match = /^listening on (\S+)\n/.exec(output);
        if (match)
            return { server, url: match[1] };
    }
    throw new Error(`the server ended without listening: ${output}`);
}

/** A WebSocket whose messages are taken one by one, as {data, isBinary}. */
class Client {
    constructor(url, subprotocols = []) {
        this.socket = new WebSocket(url, subprotocols);
        this.closed = once(this.socket, 'close').then(([code, reason]) => ({ code, reason: reason.toString() }));
        this.queue = [];
        this.waiting = [];
        this.socket.on('message', (data, isBinary) => {
            const message = { data, isBinary };
            const resolve = this.waiting.shift();
            if (resolve)
                resolve(message);
            else
                this.queue.push(message);
        });
    }

    static async open(url) {
        const client = new Client(url);
        await once(client.socket, 'open');
        assert.deepEqual(await client.next(), { data: Buffer.from(greeting), isBinary: false });
        return client;
    }

    next() {
        if (this.queue.length > 0)
            return Promise.resolve(this.queue.shift());
        return new Promise(resolve => this.waiting.push(resolve));
    }

    async expectEcho(message) {
        const isBinary = Buffer.isBuffer(message);
        this.socket.send(message);
        const echo = await this.next();
        assert.equal(echo.isBinary, isBinary);
        assert.ok(echo.data.equals(Buffer.from(message)), 'the echo is not what was sent');
    }

    async close() {
        this.socket.close(1000, 'bye');
        assert.deepEqual(await this.closed, { code: 1000, reason: 'bye' });
    }
}

const checks = {
    async 'greets'(url) {
        await (await Client.open(url)).close();
    },

    async 'text stays text, in every plane of Unicode'(url) {
        const client = await Client.open(url);
        const planes = Array.from({ length: 17 }, (_, plane) => String.fromCodePoint(plane * 0x10000 + 0x100));
        for (const text of ['hello', '', 'a\0b', 'é€😀', '\u{fffe}\u{ffff}\u{fdd0}', planes.join('')])
            await client.expectEcho(text);
        await client.close();
    },

    async 'binary stays binary, in every byte'(url) {
        const client = await Client.open(url);
        await client.expectEcho(Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
        await client.expectEcho(Buffer.from('text that is sent as binary'));
        await client.close();
    },

    async 'sizes up to 16 MiB'(url) {
        const client = await Client.open(url);
        for (const size of [0, 1, 125, 126, 65535, 65536, 16 * mebibyte]) {
            await client.expectEcho(Buffer.alloc(size, 'binary'));
            await client.expectEcho('t'.repeat(size));
        }
        await client.close();
    },

    async 'a character across 512 KiB'(url) {
        const client = await Client.open(url);
        for (let before = 0; before < 4; ++before)
            await client.expectEcho('.'.repeat(512 * 1024 - before) + '😀');
        await client.close();
    },

    async 'order of 10,000 messages'(url) {
        const client = await Client.open(url);
        const count = 10_000;
        const message = number => (number % 3 === 0 ? Buffer.from(String(number)) : String(number));
        for (let number = 0; number < count; ++number)
            client.socket.send(message(number));
        for (let number = 0; number < count; ++number) {
            const expected = { data: Buffer.from(String(number)), isBinary: number % 3 === 0 };
            assert.deepEqual(await client.next(), expected);
        }
        await client.close();
    },

    async 'ping and pong'(url) {
        const client = await Client.open(url);
        const pong = once(client.socket, 'pong');
        client.socket.ping('are you there?');
        assert.equal((await pong)[0].toString(), 'are you there?');
        await client.close();
    },

    async 'fragmented messages'(url) {
        const client = await Client.open(url);
        client.socket.send(Buffer.from([0, 1]), { binary: true, fin: false });
        client.socket.send(Buffer.from([]), { binary: true, fin: false });
        client.socket.send(Buffer.from([254, 255]), { binary: true, fin: true });
        assert.deepEqual(await client.next(), { data: Buffer.from([0, 1, 254, 255]), isBinary: true });
        client.socket.send('one €, ', { fin: false });
        client.socket.send('two €', { fin: true });
        assert.deepEqual(await client.next(), { data: Buffer.from('one €, two €'), isBinary: false });
        await client.close();
    },

    async '1009 on too large a message'(url) {
        for (const size of [16 * mebibyte + 1, 64 * mebibyte]) {
            for (const message of [Buffer.alloc(size), 't'.repeat(size)]) {
                const client = await Client.open(url);
                client.socket.send(message);
                assert.equal((await client.closed).code, 1009);
            }
        }
    },

    async 'a Close frame as it was asked for'(url) {
        for (const [query, expected] of [
            ['code=4000&reason=%E2%82%AC+why', { code: 4000, reason: '€ why' }],
            ['code=none', { code: 1005, reason: '' }],
        ]) {
            const client = await Client.open(`${url}/?close-after=1&${query}`);
            await client.expectEcho('the last one');
            assert.deepEqual(await client.closed, expected);
        }
    },

    async 'a Close frame that must not be'(url) {
        const client = await Client.open(`${url}/?close-after=1&code=1005`);
        const failed = assert.rejects(client.closed, { code: 'WS_ERR_INVALID_CLOSE_CODE' });
        await client.expectEcho('the last one');
        await failed;
    },

    async 'a reset'(url) {
        const client = await Client.open(`${url}/?drop-after=2`);
        await client.expectEcho('one');
        await client.expectEcho('two');
        assert.deepEqual(await client.closed, { code: 1006, reason: '' });
    },

    async 'fragments, late and in order'(url) {
        const client = await Client.open(`${url}/?fragment=3&delay=20`);
        const messages = ['a€😀'.repeat(100), Buffer.alloc(1000, 'binary'), '', 'end'];
        for (const message of messages)
            client.socket.send(message);
        for (const message of messages)
            assert.deepEqual(await client.next(), { data: Buffer.from(message), isBinary: Buffer.isBuffer(message) });
        await client.close();
    },

    async 'a flood'(url) {
        const client = await Client.open(`${url}/?flood=10000&size=8`);
        for (let number = 1; number <= 10_000; ++number)
            assert.equal((await client.next()).data.toString(), String(number).padEnd(8, '.'));
        await client.close();
    },

    async 'a subprotocol'(url) {
        const client = new Client(`${url}/?subprotocol`, ['chat', 'mqtt']);
        await once(client.socket, 'open');
        assert.equal(client.socket.protocol, 'chat');
        const plain = new WebSocket(url, ['chat']);
        assert.equal((await once(plain, 'error'))[0].message, 'Server sent no subprotocol');
    },

    async 'HTTP 400 on what is not known'(url) {
        const socket = new WebSocket(`${url}/?nonsense`);
        assert.equal((await once(socket, 'error'))[0].message, 'Unexpected server response: 400');
    },

    async '1001 on SIGTERM'(url, server) {
        const clients = await Promise.all(Array.from({ length: 20 }, () => Client.open(url)));
        const exit = once(server, 'exit');
        server.kill('SIGTERM');
        for (const client of clients)
            assert.deepEqual(await client.closed, { code: 1001, reason: 'Server stopping' });
        assert.deepEqual(await exit, [0, null]);
    },
};

async function main() {
    const { server, url } = await startServer(process.argv[2]);
    for (const [name, check] of Object.entries(checks)) {
        await check(url, server);
        console.log(`ok: ${name}`);
    }
}

main().catch(error => {
    console.error(error);
    process.exit(1);
});
