// SPDX-License-Identifier: MIT
// The tutorial's server: Node's ws. NODE_PATH says where that is.
'use strict';
const {WebSocketServer} = require('ws');

const server = new WebSocketServer({host: '127.0.0.1', port: 0}, () => {
    const {version} = require('ws/package.json');
    console.log(`listening on port ${server.address().port}: ws ${version}, Node ${process.versions.node}`);
});
server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, {binary: isBinary}));
});
