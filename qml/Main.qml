// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    The window: lays out what is seen, and holds one session.
*/
Window {
    id: root

    /*! The server to talk to. */
    required property url url

    width: 720
    height: 480
    minimumWidth: 320
    minimumHeight: 200
    visible: true
    title: qsTr("%1 — Awesome Chat").arg(connectionBar.address)
    color: Theme.background

    Session {
        id: session

        url: root.url
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        ConnectionBar {
            id: connectionBar

            Layout.fillWidth: true
            address: session.socket.address
            status: session.socket.status
            onReconnectRequested: {
                session.reconnect();
                chatInput.forceActiveFocus();
            }
        }

        Notice {
            objectName: "dropped"

            readonly property int count: session.transcript.dropped

            Layout.fillWidth: true
            Layout.margins: visible ? Theme.gap : 0
            horizontalAlignment: Text.AlignHCenter
            text: count === 0 ? ""
                : count === 1 ? qsTr("1 older entry is no longer kept")
                : qsTr("%L1 older entries are no longer kept").arg(count)
        }

        ChatView {
            id: chatView
            objectName: "transcript"

            Layout.fillWidth: true
            Layout.fillHeight: true
            model: session.transcript
        }

        ChatInput {
            id: chatInput

            // A line that was refused says why until it is sent, or the reason has gone.
            property bool refused: false
            property bool overflowing: false

            Layout.fillWidth: true
            Layout.margins: Theme.gap
            focus: true
            notice: overflowing ? qsTr("Not put in: a line holds %L1 characters.").arg(maximumLength)
                  : refused ? session.obstacle : ""
            onAccepted: text => {
                refused = !session.send(text);
                if (!refused) {
                    clear();
                    chatView.showNewest();
                }
            }
            onEdited: {
                refused = false;
                overflowing = false;
            }
            onOverflowed: overflowing = true
        }
    }

    Shortcut {
        sequence: "Ctrl+R"
        onActivated: session.reconnect()
    }
    Shortcut {
        sequences: ["PgUp"]
        onActivated: chatView.scrollPages(-1)
    }
    Shortcut {
        sequences: ["PgDown"]
        onActivated: chatView.scrollPages(1)
    }
    Shortcut {
        sequence: "Ctrl+PgUp"
        onActivated: chatView.showOldest()
    }
    Shortcut {
        sequence: "Ctrl+PgDown"
        onActivated: chatView.showNewest()
    }
}
