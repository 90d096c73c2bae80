// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import QtWebSockets as Stock
import AwesomeChat

TestCase {
    id: root

    name: "Session"
    visible: true
    when: windowShown

    Stock.WebSocketServer {
        id: server

        property Stock.WebSocket peer: null

        host: "127.0.0.1" // qmllint disable type
        listen: true
        onClientConnected: webSocket => {
            peer = webSocket;
            webSocket.onTextMessageReceived.connect(message => webSocket.sendTextMessage(message));
        }
    }

    Component {
        id: component

        Session {}
    }

    function init() {
        failOnWarning(/.?/);
        server.listen = true;
    }

    function open(): Session {
        const session = createTemporaryObject(component, root, {url: server.url});
        tryCompare(session.socket, "status", WebSocket.Open);
        return session;
    }

    function test_itTalks() {
        const session = open();
        verify(session.send("hello"));
        tryCompare(session.transcript, "count", 3); // socket open, > hello, < hello
    }

    function test_whatCannotBeSentWaits() {
        const session = open();
        server.peer.active = false;
        tryCompare(session.socket, "status", WebSocket.Closed);
        session.reconnector.stop();
        verify(session.send("hello"));
        compare(session.outbox.pendingCount, 1);
        session.transcript.flush();
        compare(session.transcript.count, 2); // socket open, socket closed
        session.reconnect();
        tryCompare(session.outbox, "pendingCount", 0);
        tryVerify(() => session.transcript.count >= 4);
    }

    function test_itReconnects() {
        const session = open();
        server.peer.active = false;
        tryCompare(session.socket, "status", WebSocket.Closed);
        session.reconnect();
        tryCompare(session.socket, "status", WebSocket.Open);
        verify(session.send("again"));
    }

    function test_anAddressThatIsNone() {
        const session = createTemporaryObject(component, root, {url: "foo"});
        compare(session.socket.status, WebSocket.Error);
        verify(session.socket.errorString.includes("foo"));
        verify(session.send("hello"));
        compare(session.outbox.pendingCount, 1);
    }
}
