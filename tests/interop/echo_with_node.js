// SPDX-License-Identifier: MIT
// The echo server of the tutorial, as it was written for Node's ws: with ws 8 and later "message" is a Buffer, so that
// what comes as text goes back in a binary frame.
const WebSocketServer = require('ws').Server;

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => {
    console.log(`listening on ws://127.0.0.1:${server.address().port}`);
});

server.on('connection', function (socket) {
    socket.on('message', function (message) {
        socket.send(message);
    });
    socket.send('Welcome to Awesome Chat');
});
