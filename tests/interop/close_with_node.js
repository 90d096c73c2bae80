// SPDX-License-Identifier: MIT
// A server on Node's ws that closes as the path says: /CODE, or /none for no code. On /flood it talks until it hears that
// the client closes. On /last it tells how the connection before ended: the code and reason that came from the client,
// and how many messages were sent.
const WebSocketServer = require('ws').Server;

const server = new WebSocketServer({ host: '127.0.0.1', port: 0 }, () => {
    console.log(`listening on ws://127.0.0.1:${server.address().port}`);
});
let ended;

server.on('connection', function (socket, request) {
    const path = request.url.slice(1);
    if (path === 'last') {
        ended.then(text => socket.send(text));
        return;
    }
    let sent = 0;
    ended = new Promise(resolve => {
        socket.on('close', (code, reason) => resolve(`${code} ${reason} ${sent}`));
    });
    function talk() {
        if (socket.readyState !== socket.OPEN)
            return;
        ++sent;
        socket.send('x'.repeat(1000), () => setImmediate(talk));
    }
    if (path === 'flood')
        talk();
    else if (path === 'none')
        socket.close();
    else if (path !== '')
        socket.close(Number(path), 'later');
});
