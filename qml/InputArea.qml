// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    Where one says something: the lines that wait, a file that is to be sent, and the line to type in.
*/
ColumnLayout {
    id: root

    required property Session chat
    /*! Whether something is being dragged over the window. */
    property bool isDragging: false
    /*! Whether it is over the line, where dropping it sends it. */
    readonly property alias isDropTarget: chatInput.isDropTarget

    /*! Something was taken to be sent. */
    signal sent()
    /*! The keyboard is free. */
    signal finished()

    function focusLine() {
        chatInput.forceActiveFocus();
    }

    /*! Puts a message into the line; Ctrl+Z there brings back what was in it. */
    function edit(text: string) {
        chatInput.overflowing = text.length > chatInput.maximumLength;
        if (!chatInput.overflowing)
            chatInput.replace(text);
        focusLine();
    }

    /*! Text, hexadecimal bytes, Base64: the next one. */
    function cycleEncoding() {
        chatInput.cycleEncoding();
        focusLine();
    }

    /*! Asks what the file is to be sent as; with an empty name, which one it is. */
    function openFile(fileName: string) {
        if (chat.isReading)
            return;
        if (fileToSend.bar === null)
            fileToSend.setSource("FileToSendBar.qml", {file: chat.fileToSend});
        fileToSend.bar.asking = fileName.length === 0;
        if (fileName.length > 0)
            chat.fileToSend.open(fileName);
        fileToSend.bar.focusFirst();
    }

    function closeFile() {
        const hadFocus = fileToSend.bar !== null && fileToSend.bar.activeFocus;
        fileToSend.source = "";
        if (hadFocus)
            finished();
    }

    /*! Tells of what was just taken to be sent; gives back whether it was. */
    function noteSent(isTaken: bool): bool {
        if (isTaken) {
            chat.recall.reset();
            sent();
        }
        return isTaken;
    }

    Component.onCompleted: chatInput.draft = chat.outbox.draft

    spacing: 0

    Connections {
        target: root.chat.outbox

        // It was sent, or is another server's.
        function onDraftChanged() {
            chatInput.draft = root.chat.outbox.draft;
        }
    }

    Connections {
        target: root.chat.recall

        function onRecalled(text: string, isOlder: bool) {
            chatInput.recall(text, isOlder);
        }
    }

    OutboxView {
        objectName: "outbox"

        Layout.fillWidth: true
        model: root.chat.outbox
        pendingCount: root.chat.outbox.pendingCount
        inDoubtCount: root.chat.outbox.inDoubtCount
        textAt: row => root.chat.outbox.textAt(row)
        onEdited: (row, text) => root.chat.outbox.edit(row, text)
        onRemoveRequested: row => root.chat.outbox.remove(row)
        onSendAgainRequested: row => root.chat.outbox.sendAgain(row)
        onDismissRequested: row => root.chat.outbox.dismiss(row)
    }

    Loader {
        id: fileToSend
        objectName: "fileToSend"

        // No type: what is named is loaded with the window.
        readonly property var bar: item

        Layout.fillWidth: true
        visible: bar !== null

        Connections {
            target: fileToSend.bar
            ignoreUnknownSignals: true

            function onPathEntered(path: string) {
                root.openFile(path);
            }
            function onSendRequested(asText: bool) {
                if (root.noteSent(root.chat.fileToSend.sendTo(root.chat.outbox, asText)))
                    root.finished();
            }
            function onClosed() {
                root.chat.fileToSend.close();
                root.closeFile();
            }
        }

        Connections {
            target: root.chat.fileToSend

            // It has gone out.
            function onChanged() {
                if (root.chat.fileToSend.title.length === 0 && fileToSend.bar !== null && !fileToSend.bar.asking)
                    root.closeFile();
            }
        }
    }

    ChatInput {
        id: chatInput

        property bool overflowing: false

        Layout.fillWidth: true
        Layout.margins: Theme.gap
        focus: true
        enabled: !root.chat.isReading
        opacity: enabled ? 1 : 0.6
        placeholder: root.chat.isReading ? qsTr("Escape goes back") + (root.chat.socket.address.length > 0
                                               ? qsTr(" to %1").arg(root.chat.socket.address) : "")
                                         : qsTr("Type a message and press Enter")
        notice: overflowing ? qsTr("Not put in: a line holds %L1 characters.").arg(maximumLength)
                            : root.chat.outbox.trouble
        maximumLinesHeight: root.Window.height / 3
        isDragging: root.isDragging
        sendText: text => root.noteSent(root.chat.send(text))
        sendLines: lines => root.noteSent(root.chat.outbox.appendLines(lines))
        onDraftChanged: root.chat.outbox.draft = draft
        // The draft and the line are one: a crash leaves one of them.
        onAccepted: {
            root.noteSent(root.chat.outbox.appendDraft());
        }
        onBinaryAccepted: bytes => {
            if (root.noteSent(root.chat.outbox.appendBinary(bytes)))
                clear();
        }
        onFileDropped: file => root.openFile(file.toString())
        onEdited: overflowing = false
        onOverflowed: overflowing = true
        onOlderRequested: root.chat.recall.older(text)
        onNewerRequested: root.chat.recall.newer(text)
    }
}
