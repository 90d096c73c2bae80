// SPDX-License-Identifier: MIT
// A chat with a WebSocket server (start awesome-chat-server first), in one file.
//   qml ws_client.qml
import QtQuick
import QtQuick.Layouts
import QtWebSockets

Rectangle {
    id: root

    component Label: Text {
        color: "#ffffff"
        wrapMode: Text.Wrap
        // What a server says is text, whatever it looks like.
        textFormat: Text.PlainText
    }

    component ChatView: ListView {
        id: view

        function append(prefix: string, message: string) {
            view.model.append({prefix: prefix, message: message});
            view.positionViewAtEnd();
        }

        model: ListModel {}
        clip: true

        delegate: Component {
            RowLayout {
                id: row

                required property string prefix
                required property string message
                readonly property real column: width / 24

                width: ListView.view.width
                spacing: 0

                Label {
                    Layout.preferredWidth: row.column
                    Layout.alignment: Qt.AlignTop
                    text: row.prefix
                }

                Label {
                    Layout.preferredWidth: row.column * 23
                    text: row.message
                }
            }
        }
    }

    component ChatInput: FocusScope {
        id: field

        property alias text: input.text

        signal accepted(string text)

        implicitHeight: 32

        Rectangle {
            anchors.fill: parent
            color: "#303030"
            border.color: input.activeFocus ? "#a0a0a0" : "#505050"
        }

        TextInput {
            id: input

            anchors.fill: parent
            anchors.margins: 4
            verticalAlignment: TextInput.AlignVCenter
            color: "#ffffff"
            clip: true
            focus: true

            onAccepted: {
                if (input.text.length > 0)
                    field.accepted(input.text);
            }
        }
    }

    width: 360
    height: 360
    color: "#000000"

    ColumnLayout {
        anchors.fill: parent
        anchors.margins: 4

        ChatView {
            id: box

            Layout.fillWidth: true
            Layout.fillHeight: true
        }

        ChatInput {
            id: chatInput

            Layout.fillWidth: true
            focus: true

            onAccepted: message => {
                // A line that cannot go out stays where it is.
                if (socket.status !== WebSocket.Open) {
                    box.append("#", qsTr("not sent: the socket is not open"));
                    return;
                }
                socket.sendTextMessage(message);
                box.append(">", message);
                // Not "text = ''": inside this handler that could be the name of the parameter.
                chatInput.text = "";
            }
        }
    }

    WebSocket {
        id: socket

        // The text that the bytes of a binary message are, if they are UTF-8.
        function decode(bytes: var): string {
            const escaped = Array.from(new Uint8Array(bytes),
                                       octet => "%" + octet.toString(16).padStart(2, "0"));
            try {
                return decodeURIComponent(escaped.join(""));
            } catch (error) {
                return qsTr("%1 bytes: %2").arg(escaped.length).arg(escaped.join(" "));
            }
        }

        url: "ws://localhost:3000"
        active: true

        onTextMessageReceived: message => box.append("<", message)
        onBinaryMessageReceived: message => box.append("<", decode(message))

        onStatusChanged: {
            if (socket.status === WebSocket.Error)
                box.append("#", qsTr("socket error: %1").arg(socket.errorString));
            else if (socket.status === WebSocket.Open)
                box.append("#", qsTr("socket open"));
            else if (socket.status === WebSocket.Closed)
                box.append("#", qsTr("socket closed"));
        }
    }
}
