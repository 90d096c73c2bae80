// SPDX-License-Identifier: MIT
// Says "ping" to a WebSocket server (start awesome-chat-server first) and shows what it answers.
//   qml ping.qml
import QtQuick
import QtWebSockets

Text {
    id: root

    width: 480
    height: 48
    horizontalAlignment: Text.AlignHCenter
    verticalAlignment: Text.AlignVCenter
    // What a server says is text, whatever it looks like.
    textFormat: Text.PlainText
    text: qsTr("connecting to %1").arg(socket.url)

    WebSocket {
        id: socket

        url: "ws://localhost:3000"
        active: true

        onTextMessageReceived: message => root.text = message

        onStatusChanged: {
            if (socket.status === WebSocket.Open)
                socket.sendTextMessage("ping");
            else if (socket.status === WebSocket.Error)
                root.text = qsTr("socket error: %1").arg(socket.errorString);
        }
    }
}
