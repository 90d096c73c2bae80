// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    Where one says something: the line to type in, with the draft and what was sent before.
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
    /*! A file was dropped, to be sent. */
    signal fileDropped(url file)

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

    /*! Tells of what was just taken to be sent; gives back whether it was. */
    function noteSent(isTaken: bool): bool {
        if (isTaken)
            sent();
        return isTaken;
    }

    /*! Has in the line what was being typed to this server. */
    function showDraft() {
        chatInput.draft = chat.outbox.draft;
        chatInput.hexLine = chat.outbox.hexDraft;
        chatInput.base64Line = chat.outbox.base64Draft;
        chatInput.setEncoding(chat.outbox.draftEncoding);
    }

    Component.onCompleted: showDraft()

    spacing: 0

    Connections {
        target: root.chat.outbox

        // It was sent, or is another server's.
        function onDraftChanged() {
            root.showDraft();
        }
    }

    Connections {
        target: root.chat.recall

        function onRecalled(text: string, isOlder: bool) {
            chatInput.recall(text, isOlder);
        }
    }

    ChatInput {
        id: chatInput

        property bool overflowing: false

        Layout.fillWidth: true
        Layout.margins: root.Window.height < 320 ? Theme.gap / 2 : Theme.gap
        focus: true
        enabled: !root.chat.isReading
        opacity: enabled ? 1 : 0.6
        placeholder: root.chat.isReading ? qsTr("Escape goes back") + (root.chat.socket.address.length > 0
                                               ? qsTr(" to %1").arg(root.chat.socket.address) : "")
                                         : qsTr("Type a message and press Enter")
        notice: overflowing ? qsTr("Not put in: a line holds %L1 characters.").arg(maximumLength)
                            : root.chat.outbox.trouble
        // A low window still shows what is said of it, and what is asked.
        maximumLinesHeight: Math.max(20, Math.min(root.Window.height / 3, root.Window.height - 160))
        isDragging: root.isDragging
        sendText: text => root.noteSent(root.chat.send(text))
        sendLines: lines => root.noteSent(root.chat.outbox.appendLines(lines))
        onDraftChanged: root.chat.outbox.draft = draft
        onHexLineChanged: root.chat.outbox.hexDraft = hexLine
        onBase64LineChanged: root.chat.outbox.base64Draft = base64Line
        onEncodingChanged: root.chat.outbox.draftEncoding = encoding
        // The draft and the line are one: a crash leaves one of them.
        onAccepted: {
            root.noteSent(root.chat.outbox.appendDraft());
        }
        onBinaryAccepted: bytes => {
            root.noteSent(root.chat.outbox.appendBinaryDraft(bytes));
        }
        onFileDropped: file => root.fileDropped(file)
        onEdited: overflowing = false
        onOverflowed: overflowing = true
        onOlderRequested: root.chat.recall.older(text)
        onNewerRequested: root.chat.recall.newer(text)
    }
}
