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
    /*! Whether to connect to it at first. */
    property bool connects: true
    /*! Whether a lost connection is tried again. */
    property bool reconnects: true
    /*! Where addresses are kept; empty: nowhere. */
    property string settingsFile
    /*! Where lines are kept that have not gone out, and drafts; empty: in memory only. */
    property string outboxFile
    /*! Where conversations are kept; empty: in memory only. */
    property string transcriptFile
    /*! The conversation's file that is shown at first; empty: none. */
    property string openFile
    /*! How the command line says to connect, and what to send as soon as there is a connection. */
    property var flags
    property var lines: []

    /*! Whether there is no room for a pane beside the rows. */
    readonly property bool isNarrow: width < 640

    /*! What has been done, in a sentence. */
    property string done: ""

    width: 720
    height: 480
    minimumWidth: 320
    minimumHeight: 200
    visible: true
    title: qsTr("%1 — Awesome Chat").arg(session.socket.address)
    color: Theme.background

    Session {
        id: session

        url: root.url
        connects: root.connects
        reconnects: root.reconnects
        transcriptFile: root.transcriptFile
        settingsFile: root.settingsFile
        outboxFile: root.outboxFile
        flags: root.flags
        lines: root.lines
    }

    function connectTo(server: url) {
        leave();
        session.connectTo(server);
        arrive();
    }

    onActiveChanged: session.transcript.setLookedAt(active)

    Component.onCompleted: {
        if (openFile.length > 0)
            readFile(openFile);
    }

    /*! Shows a conversation to be read; with 0, the one that goes on. */
    function read(conversation: int) {
        leave();
        session.read(conversation);
        arrive();
    }

    /*! Shows a file to be read. */
    function readFile(fileName: string) {
        leave();
        session.readFile(fileName);
        arrive();
    }

    function leave() {
        transcriptArea.clear();
        readingBars.close();
    }

    function arrive() {
        done = "";
        transcriptArea.showNewest();
        focusUsual();
    }

    /*! Shows what has been sent, and what is recalled next is the newest again. */
    function showSent() {
        session.recall.reset();
        transcriptArea.showNewest();
    }

    /*! The line to type in; or the rows, while it is off. */
    function focusUsual() {
        if (session.isReading)
            transcriptArea.focusRows();
        else
            inputArea.focusLine();
    }

    /*! Keeps what was typed as settings, and connects like that or not yet. */
    function saveSettings(connects: bool) {
        if (connects)
            leave();
        session.saveSettings(connects);
        if (connects)
            arrive();
    }

    function showKeys(shown: bool) {
        keyHelp.visible = shown;
        if (shown)
            keyHelp.forceActiveFocus();
        else
            focusUsual();
    }

    Connections {
        target: session

        function onIsReadingChanged() {
            // It was gone on with, or deleted.
            if (!session.isReading) {
                root.leave();
                root.arrive();
            }
        }
    }

    Connections {
        target: session.transcript

        // Deleted, or another server's: what was chosen is no longer there.
        function onConversationChanged() {
            if (!session.isReading)
                root.leave();
        }
    }

    ConversationsSide {
        id: conversationsSide

        // A narrow window has no room for both.
        width: root.isNarrow ? root.width : Math.min(400, root.width / 2)
        height: parent.height
        chat: session
        onOpened: conversation => root.read(conversation)
        onFileRequested: readingBars.askForFile(false)
        onClosed: root.focusUsual()
        // There is no room for both.
        onShownChanged: {
            if (shown)
                settingsSide.hide();
        }
    }

    DropArea {
        id: drop

        anchors.fill: parent
        onDropped: drop => {
            if (drop.hasUrls) {
                conversationsSide.close();
                root.readFile(drop.urls[0].toString());
            }
        }
    }

    ColumnLayout {
        anchors.fill: parent
        anchors.leftMargin: conversationsSide.shown ? conversationsSide.width : 0
        anchors.rightMargin: settingsSide.shown ? settingsSide.width : 0
        spacing: 0
        visible: !keyHelp.visible && !(root.isNarrow && (conversationsSide.shown || settingsSide.shown))
        Keys.onEscapePressed: event => {
            event.accepted = true;
            if (connectionBars.closeOne() || transcriptArea.closeOne())
                return;
            if (session.isReading)
                root.read(0);
            else
                event.accepted = false;
        }

        // The line to type in is always there, however low the window is.
        ScrollingColumn {
            objectName: "upper"

            Layout.fillWidth: true
            Layout.fillHeight: true

            ConnectionBars {
                id: connectionBars

                Layout.fillWidth: true
                Layout.fillHeight: false // as a layout, it would
                chat: session
                settings: settingsSide
                onServerChosen: server => root.connectTo(server)
                onSettingsAccepted: root.saveSettings(true)
                onFinished: root.focusUsual()
            }

            LazyReadingBars {
                id: readingBars

                Layout.fillWidth: true
                chat: session
                onDone: sentence => root.done = sentence
                onFinished: root.focusUsual()
                onBackRequested: root.read(0)
                onOpened: fileName => root.readFile(fileName)
            }

            TranscriptArea {
                id: transcriptArea

                Layout.fillWidth: true
                Layout.fillHeight: true
                chat: session
                isReplaying: readingBars.isReplaying
                onEditRequested: text => inputArea.edit(text)
                onFinished: root.focusUsual()
            }

            Notice {
                objectName: "done"

                Layout.fillWidth: true
                Layout.margins: visible ? Theme.gap : 0
                text: root.done
            }

            OutgoingBars {
                id: outgoing

                Layout.fillWidth: true
                Layout.fillHeight: false
                chat: session
                onSent: root.showSent()
                onFinished: root.focusUsual()
            }
        }

        InputArea {
            id: inputArea

            Layout.fillWidth: true
            Layout.fillHeight: false
            chat: session
            isDragging: drop.containsDrag
            onSent: root.showSent()
            onFileDropped: file => outgoing.openFile(file.toString())
        }
    }

    // Dropping does something else at the input, which says so, too.
    DropHint {
        objectName: "dropToRead"

        anchors.horizontalCenter: parent.horizontalCenter
        y: root.height / 3
        visible: drop.containsDrag || inputArea.isDropTarget
        active: drop.containsDrag
        words: qsTr("Drop here to read a conversation’s file")
    }

    KeyCommands {
        id: keys

        canExport: !session.file.running
        canStep: readingBars.canStep
        canScroll: !conversationsSide.activeFocus && !keyHelp.visible
        onHelpRequested: root.showKeys(!keyHelp.visible)
        onAddressRequested: connectionBars.focusAddress()
        onConnectRequested: connectionBars.connectAgain()
        onStagesRequested: connectionBars.toggleStages()
        onServerRequested: connectionBars.startServer()
        onSettingsRequested: settingsSide.toggle()
        onCopyRequested: connectionBars.showCopyMenu()
        onFindRequested: transcriptArea.find()
        onOlderHitRequested: transcriptArea.findOlder()
        onNewerHitRequested: transcriptArea.findNewer()
        onConversationsRequested: conversationsSide.toggle()
        onExportRequested: readingBars.askForFile(true)
        onOpenRequested: readingBars.askForFile(false)
        onEncodingRequested: inputArea.cycleEncoding()
        onSendFileRequested: outgoing.openFile("")
        onStepRequested: session.replaySession.replay.step()
        onScrollRequested: pages => transcriptArea.scrollPages(pages)
        onOldestRequested: transcriptArea.showOldest()
        onNewestRequested: transcriptArea.showNewest()
    }

    SettingsSide {
        id: settingsSide

        anchors.right: parent.right
        width: root.isNarrow ? root.width : Math.min(460, root.width / 2)
        height: parent.height
        chat: session
        narrow: root.isNarrow
        onSaveRequested: connects => root.saveSettings(connects)
        onCopied: said => root.done = said
        onClosed: root.focusUsual()
        // There is no room for both.
        onShownChanged: {
            if (shown)
                conversationsSide.hide();
        }
    }

    // Not made before it is looked at: a window is there sooner.
    Loader {
        id: keyHelp

        anchors.fill: parent
        visible: false
        onVisibleChanged: {
            if (visible)
                setSource("KeyHelp.qml", {commands: keys.commands, focus: true});
        }

        Connections {
            target: keyHelp.item
            ignoreUnknownSignals: true

            function onClosed() {
                root.showKeys(false);
            }
        }
    }
}
