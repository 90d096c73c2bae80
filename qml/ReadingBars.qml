// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    The bars for what is read: what it is, where it is exported to or opened from, and its replay.
*/
ColumnLayout {
    id: root

    required property Session chat
    readonly property bool isReplaying: replayBar.visible
    /*! Whether a replay waits for its next step. */
    readonly property alias canStep: replayBar.canStep

    /*! Something has been done, in a sentence; or is begun, and the last one no longer matters. */
    signal done(string sentence)
    /*! A bar was closed, and the keyboard is free. */
    signal finished()
    /*! The person wants to be back in the conversation that goes on. */
    signal backRequested()
    /*! The person wants to read a file. */
    signal opened(string fileName)

    /*! Asks for a file: to export what is shown, or to open one. */
    function askForFile(isExport: bool) {
        pathBar.isExport = isExport;
        pathBar.path = isExport ? chat.exporter.suggestedName() : "";
        pathBar.notice = "";
        pathBar.exists = false;
        pathBar.visible = true;
        pathBar.focusField();
    }

    function close() {
        replayBar.visible = false;
        pathBar.visible = false;
    }

    // It is made when something is read for the first time.
    Component.onCompleted: banner.countAtLeaving = chat.transcript.entryCount

    spacing: 0

    Connections {
        target: root.chat

        function onIsReadingChanged() {
            banner.countAtLeaving = root.chat.transcript.entryCount;
        }
    }

    Connections {
        target: root.chat.exporter

        function onFinished(fileName: string, sentence: string) {
            pathBar.visible = false;
            root.done(sentence);
            root.finished();
        }

        function onFailed(sentence: string, exists: bool) {
            pathBar.notice = sentence;
            pathBar.exists = exists;
        }
    }

    ReadingBanner {
        id: banner
        objectName: "reading"

        property int countAtLeaving: 0

        Layout.fillWidth: true
        visible: root.chat.isReading
        title: root.chat.isReadingFile ? root.chat.file.title : root.chat.reading.title
        server: root.chat.reading.shownServer
        progress: root.chat.file.running ? root.chat.file.progress : 1
        canGoOn: !root.chat.isReadingFile
        entryCount: root.chat.reading.entryCount
        firstTime: root.chat.reading.firstTime
        lastTime: root.chat.reading.lastTime
        newCount: root.chat.isReading ? root.chat.transcript.entryCount - countAtLeaving : 0
        notice: root.chat.isReadingFile ? root.chat.file.error : root.chat.readingNotice
        onBackRequested: root.backRequested()
        onExportRequested: root.askForFile(true)
        onReplayRequested: {
            replayBar.address = root.chat.reading.server.length > 0 ? root.chat.reading.server
                                                                     : root.chat.socket.address;
            replayBar.visible = true;
            replayBar.focusField();
        }
        onGoOnRequested: root.chat.goOn()
    }

    PathBar {
        id: pathBar
        objectName: "pathBar"

        property bool isExport: false

        Layout.fillWidth: true
        visible: false
        prompt: isExport ? qsTr("Export as") : qsTr("The file of a conversation")
        action: isExport ? qsTr("Export") : qsTr("Open")
        browses: !isExport
        progress: root.chat.exporter.running ? root.chat.exporter.progress : -1
        onAccepted: (path, replace) => {
            root.done("");
            if (isExport)
                root.chat.exporter.start(root.chat.shown.store, root.chat.shown.conversation, path, replace);
            else
                root.opened(path);
        }
        onClosed: {
            root.chat.exporter.cancel();
            visible = false;
            root.finished();
        }
    }

    ReplayBar {
        id: replayBar
        objectName: "replayBar"

        readonly property Replay replay: root.chat.replaySession.replay

        Layout.fillWidth: true
        visible: false
        running: root.chat.replaySession.running
        canStep: replay.canStep
        doneCount: replay.doneCount
        messageCount: replay.messageCount
        outcome: replay.outcome
        summary: root.chat.replaySession.problem.length > 0 ? root.chat.replaySession.problem : replay.summary
        onPaceChanged: root.chat.replaySession.pace = pace
        onStartRequested: root.chat.startReplay(address)
        onStopRequested: root.chat.replaySession.stop()
        onStepRequested: replay.step()
        onClosed: {
            root.chat.replaySession.stop();
            visible = false;
            root.finished();
        }
    }
}
