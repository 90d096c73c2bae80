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

    function showEntry(seq: int) {
        const row = session.transcript.showEntry(seq);
        if (row !== -1)
            chatView.showRow(row);
    }

    /*! Goes to the hit that next gives for the chosen entry. */
    function showHit(next: var) {
        filterBar.finder.text = filterBar.text;
        const seq = next(chatView.selectionEnd);
        filterBar.awaited = seq === 0;
        if (seq === 0)
            return;
        showEntry(seq);
        chatView.select(session.transcript.rowOf(seq), false);
    }

    function sendAgain(seq: int) {
        if (!session.transcript.isMessage(seq))
            return;
        chatInput.refused = !session.sendAgain(seq);
        if (!chatInput.refused)
            chatView.showNewest();
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
            messageRate: session.transcript.messageRate
            byteRate: session.transcript.byteRate
            onReconnectRequested: {
                session.reconnect();
                chatInput.forceActiveFocus();
            }
        }

        FilterBar {
            id: filterBar
            objectName: "filterBar"

            readonly property Finder finder: session.transcript.finder
            /*! Whether the first hit is to be shown when there is one. */
            property bool awaited: false

            Layout.fillWidth: true
            visible: false
            active: filterBar.finder.active
            searching: filterBar.finder.searching
            entryCount: session.transcript.entryCount
            hitCount: filterBar.finder.hitCount
            // As hits come in, the chosen one gets another place.
            current: filterBar.finder.hitCount > 0 ? filterBar.finder.rank(chatView.selectionEnd) : 0
            onTextChanged: {
                awaited = false;
                findTimer.restart();
            }
            onHitCountChanged: {
                if (awaited && hitCount > 0)
                    olderRequested();
            }
            onDirectionChanged: filterBar.finder.direction = direction
            onMessagesOnlyChanged: filterBar.finder.messagesOnly = messagesOnly
            onHidesOthersChanged: {
                filterBar.finder.hidesOthers = hidesOthers;
                root.showEntry(chatView.selectionEnd);
            }
            onOlderRequested: root.showHit(seq => filterBar.finder.olderHit(seq))
            onNewerRequested: root.showHit(seq => filterBar.finder.newerHit(seq))
            onClosed: {
                text = "";
                direction = "all";
                messagesOnly = false;
                visible = false;
                findTimer.stop();
                filterBar.finder.text = "";
                root.showEntry(chatView.selectionEnd);
                chatInput.forceActiveFocus();
            }

            // Not for every key of a fast typist.
            Timer {
                id: findTimer

                interval: 80
                onTriggered: filterBar.finder.text = filterBar.text
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
            firstSeq: session.transcript.firstSeq
            needle: filterBar.finder.text
            canSend: session.obstacle.length === 0
            onOpened: seq => details.show(seq)
            onCopyRequested: (first, last, format) => session.transcript.copyRows(first, last, format)
            onSendRequested: seq => root.sendAgain(seq)
            onEditRequested: seq => {
                chatInput.text = session.transcript.textOf(seq);
                chatInput.forceActiveFocus();
            }
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
                payload = ""; // or the one before would be laid out anew for each that follows
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
        sequences: ["F3", "Ctrl+G"]
        onActivated: filterBar.olderRequested()
    }
    Shortcut {
        sequences: ["Shift+F3", "Ctrl+Shift+G"]
        onActivated: filterBar.newerRequested()
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
        onActivated: {
            session.transcript.showEntry(session.transcript.firstSeq);
            chatView.showOldest();
        }
    }
    Shortcut {
        sequence: "Ctrl+PgDown"
        onActivated: chatView.showNewest()
    }
}
