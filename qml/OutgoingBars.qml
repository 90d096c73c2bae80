// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    What is to go out: the lines that wait, and a file that is to be sent.
*/
ColumnLayout {
    id: root

    required property Session chat

    /*! Something was taken to be sent. */
    signal sent()
    /*! The keyboard is free. */
    signal finished()

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

    spacing: 0

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
                if (!root.chat.fileToSend.sendTo(root.chat.outbox, asText))
                    return;
                root.sent();
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
}
