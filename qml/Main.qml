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
    /*! Where conversations are kept; empty: in memory only. */
    property string transcriptFile

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
        transcriptFile: root.transcriptFile
    }

    onActiveChanged: session.transcript.setLookedAt(active)

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

        FilterBar {
            id: filterBar
            objectName: "filterBar"

            Layout.fillWidth: true
            visible: false
            shownCount: session.transcript.entryCount - session.transcript.hiddenCount
            hiddenCount: session.transcript.hiddenCount
            searching: session.transcript.searching
            onTextChanged: filterTimer.restart()
            onDirectionChanged: session.transcript.direction = direction
            onMessagesOnlyChanged: session.transcript.messagesOnly = messagesOnly
            onClosed: {
                text = "";
                direction = "all";
                messagesOnly = false;
                visible = false;
                chatInput.forceActiveFocus();
            }

            // Not for every key of a fast typist.
            Timer {
                id: filterTimer

                interval: 80
                onTriggered: session.transcript.filter = filterBar.text
            }
        }

        Notice {
            objectName: "storeNotice"

            Layout.fillWidth: true
            Layout.margins: visible ? Theme.gap : 0
            horizontalAlignment: Text.AlignHCenter
            text: session.transcript.notice
        }

        ChatView {
            id: chatView
            objectName: "transcript"

            Layout.fillWidth: true
            Layout.fillHeight: true
            model: session.transcript
            entryCount: session.transcript.entryCount
            onOpened: seq => details.show(seq)
            onCopyRequested: (first, last) => session.transcript.copyRows(first, last)
        }

        Rectangle {
            Layout.fillWidth: true
            implicitHeight: 1
            visible: details.visible
            color: Theme.line
        }

        PayloadView {
            id: details
            objectName: "details"

            property int seq: 0
            property string saved: ""

            function show(entry: int) {
                const transcript = session.transcript;
                mode = PayloadLines.Auto;
                isBinary = transcript.isBinary(entry);
                previous = transcript.previousPayloadOf(entry);
                payload = transcript.payloadOf(entry);
                seq = entry;
                saved = "";
                forceActiveFocus();
            }

            Layout.fillWidth: true
            Layout.preferredHeight: root.height * 0.45
            visible: seq !== 0
            onCopyRequested: session.transcript.copyPayload(seq)
            onSaveRequested: saved = session.transcript.savePayload(seq)
            Keys.onEscapePressed: {
                seq = 0;
                payload = "";
                previous = "";
                chatInput.forceActiveFocus();
            }
        }

        Notice {
            objectName: "saved"

            Layout.fillWidth: true
            Layout.margins: visible ? Theme.gap : 0
            text: details.visible ? details.saved : ""
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
        sequence: "Ctrl+F"
        onActivated: {
            filterBar.visible = true;
            filterBar.focusField();
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
