// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    Where one sees what was said: the rows of the transcript that is shown, what finds some of them,
    and one of them whole; or what a replay has brought that is not as it was.
*/
ColumnLayout {
    id: root

    required property Session chat
    /*! Whether a replay is dealt with, which may have an answer to compare. */
    property bool isReplaying: false

    /*! A message is to be sent once more, when it has been changed. */
    signal editRequested(string text)
    /*! The keyboard is free. */
    signal finished()

    function showNewest() {
        chatView.showNewest();
    }

    function showOldest() {
        chat.shown.showEntry(chat.shown.firstSeq);
        chatView.showOldest();
    }

    function showEntry(seq: int) {
        const row = chat.shown.showEntry(seq);
        if (row !== -1)
            chatView.showRow(row);
    }

    /*! Scrolls by pages: 1 is towards the newest, -1 towards the oldest. */
    function scrollPages(pages: int) {
        chatView.scrollPages(pages);
    }

    function focusRows() {
        chatView.forceActiveFocus();
    }

    /*! Asks what to look for. */
    function find() {
        if (!finderBar.visible)
            finderBar.placeBefore = chatView.seqInSight();
        finderBar.visible = true;
        finderBar.focusField();
    }

    function findOlder() {
        finderBar.olderRequested();
    }

    function findNewer() {
        finderBar.newerRequested();
    }

    /*! Closes what is beside the rows; false where there is nothing. */
    function closeOne(): bool {
        if (!details.visible)
            return false;
        details.closed();
        return true;
    }

    /*! Nothing is looked for, looked at or chosen any more. */
    function clear() {
        details.clear();
        finderBar.clear();
        chat.clearFinders();
        chatView.clearSelection();
    }

    function sendAgain(seq: int) {
        if (chat.isReading || !chat.shown.isMessage(seq))
            return;
        if (chat.sendAgain(seq))
            showNewest();
    }

    function editMessage(seq: int) {
        if (chat.isReading || !chat.shown.isMessage(seq) || chat.shown.isBinary(seq))
            return;
        editRequested(chat.shown.textOf(seq));
    }

    spacing: 0

    Connections {
        target: root.chat.file

        function onFinished() {
            root.showNewest();
        }
    }

    FinderBar {
        id: finderBar
        objectName: "filterBar"

        /*! What was read when it was opened, by its number; 0: the newest. */
        property int placeBefore: 0

        Layout.fillWidth: true
        visible: false
        finder: root.chat.shown.finder
        entryCount: root.chat.shown.entryCount
        chosen: chatView.selectionEnd
        onRowsChanged: root.showEntry(chosen)
        onHitRequested: seq => {
            root.showEntry(seq);
            chatView.select(root.chat.shown.rowOf(seq), false);
        }
        onClosed: {
            clear();
            root.showEntry(chosen > 0 ? chosen : placeBefore);
            root.finished();
        }
    }

    Notice {
        objectName: "storeNotice"

        Layout.fillWidth: true
        Layout.margins: visible ? Theme.gap : 0
        horizontalAlignment: Text.AlignHCenter
        text: root.chat.shown.notice.length > 0 ? root.chat.shown.notice : root.chat.transcript.notice
    }

    ChatView {
        id: chatView
        objectName: "transcript"

        Layout.fillWidth: true
        Layout.fillHeight: true
        // A low window has room for them only where all else takes little.
        Layout.minimumHeight: root.Window.height < 320 ? 24 : 60
        // A low window has no room for both.
        visible: !difference.visible || root.Window.height >= (root.Window.width < 640 ? 900 : 600)
        transcript: root.chat.shown
        entryCount: root.chat.shown.entryCount
        firstSeq: root.chat.shown.firstSeq
        needle: finderBar.finder.text
        canSend: !root.chat.isReading
        onOpened: seq => details.show(seq)
        onCopyRequested: (first, last, format) => root.chat.shown.copyRows(first, last, format)
        onSendRequested: seq => root.sendAgain(seq)
        onEditRequested: seq => root.editMessage(seq)
    }

    Details {
        id: details

        Layout.fillWidth: true
        Layout.fillHeight: false
        Layout.preferredHeight: root.Window.height * 0.45
        transcript: root.chat.shown
        onClosed: {
            clear();
            root.finished();
        }
    }

    // Not made before there is one: a window is there sooner.
    Loader {
        id: difference

        readonly property Replay replay: root.chat.replaySession.replay

        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.preferredHeight: root.Window.height * 0.5
        Layout.maximumHeight: chatView.visible ? root.Window.height * 0.5 : -1
        visible: root.isReplaying && !root.chat.replaySession.running
                 && (replay.hasExpected || replay.hasReceived)
        onVisibleChanged: {
            if (visible && status === Loader.Null)
                setSource("ReplayDifference.qml", {replay: replay});
        }
    }
}
