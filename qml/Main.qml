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

    /*! Whether there is room for the rows only where all else takes little. */
    readonly property bool isLow: height < 320

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

    function showEntry(seq: int) {
        const row = session.shown.showEntry(seq);
        if (row !== -1)
            chatView.showRow(row);
    }

    function connectTo(server: url) {
        leave();
        session.connectTo(server);
        arrive();
    }

    function sendAgain(seq: int) {
        if (session.isReading || !session.shown.isMessage(seq))
            return;
        if (session.sendAgain(seq))
            chatView.showNewest();
    }

    /*! Puts a message into the line; Ctrl+Z there brings back what was in it. */
    function editMessage(seq: int) {
        if (session.isReading || !session.shown.isMessage(seq) || session.shown.isBinary(seq))
            return;
        inputArea.edit(session.shown.textOf(seq));
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
        details.clear();
        filterBar.clear();
        session.clearFinders();
        bars.close();
    }

    function arrive() {
        done = "";
        chatView.clearSelection();
        chatView.showNewest();
        focusUsual();
    }

    /*! The line to type in; or the rows, while it is off. */
    function focusUsual() {
        if (session.isReading)
            chatView.forceActiveFocus();
        else
            inputArea.focusLine();
    }

    function showConversations(shown: bool) {
        if (shown)
            settingsSide.hide();
        conversationList.visible = shown;
        if (conversationList.list !== null) {
            conversationList.list.filter = "";
            conversationList.list.notice = "";
        }
        if (shown)
            conversationList.list.focusField();
        else
            focusUsual();
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
            if (session.isReading)
                return;
            root.leave();
            chatView.clearSelection();
        }
    }

    Connections {
        target: session.file

        function onFinished() {
            chatView.showNewest();
        }
    }

    Binding {
        target: session.conversations
        property: "active"
        value: conversationList.visible
    }

    Binding {
        target: session.conversations
        property: "filter"
        value: conversationList.list?.filter ?? ""
    }

    // Not made before it is looked at: a window is there sooner.
    Loader {
        id: conversationList

        // No type: what is named is loaded with the window.
        readonly property var list: item

        // A narrow window has no room for both.
        width: root.isNarrow ? root.width : Math.min(400, root.width / 2)
        height: parent.height
        visible: false
        onVisibleChanged: {
            if (visible && status === Loader.Null)
                setSource("ConversationList.qml", {objectName: "conversationList", model: session.conversations});
        }

        Connections {
            target: conversationList.list
            ignoreUnknownSignals: true

            function onOpened(conversation: int, current: bool) {
                root.read(current ? 0 : conversation);
                root.showConversations(false);
            }
            function onRenamed(conversation: int, name: string) {
                session.conversations.rename(conversation, name);
            }
            function onRemoved(conversation: int) {
                conversationList.list.notice = session.conversations.remove(conversation) ? ""
                    : qsTr("It is not deleted: another window has it.");
            }
            function onFileRequested() {
                root.showConversations(false);
                bars.askForFile(false);
            }
            function onClosed() {
                root.showConversations(false);
            }
        }
    }

    DropArea {
        id: drop

        anchors.fill: parent
        onDropped: drop => {
            if (drop.hasUrls) {
                root.showConversations(false);
                root.readFile(drop.urls[0].toString());
            }
        }
    }

    ColumnLayout {
        anchors.fill: parent
        anchors.leftMargin: conversationList.visible ? conversationList.width : 0
        anchors.rightMargin: settingsSide.shown ? settingsSide.width : 0
        spacing: 0
        visible: !keyHelp.visible && !(root.isNarrow && (conversationList.visible || settingsSide.shown))
        Keys.onEscapePressed: event => {
            event.accepted = true;
            if (connectionBars.closeOne())
                return;
            if (details.visible)
                details.closed();
            else if (session.isReading)
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

            // Not made before something is read, or a file asked for: a window is there sooner.
            Loader {
                id: bars

                // No type: what is named is loaded with the window.
                readonly property var parts: item
                readonly property bool isReplaying: parts?.isReplaying ?? false
                readonly property bool canStep: parts?.canStep ?? false

                function load() {
                    if (parts === null)
                        setSource("ReadingBars.qml", {chat: session});
                }

                function askForFile(isExport: bool) {
                    load();
                    parts.askForFile(isExport);
                }

                function close() {
                    if (parts !== null)
                        parts.close();
                }

                Layout.fillWidth: true
                visible: parts !== null

                Connections {
                    target: session

                    function onIsReadingChanged() {
                        bars.load();
                    }
                }

                Connections {
                    target: bars.parts
                    ignoreUnknownSignals: true

                    function onDone(sentence: string) {
                        root.done = sentence;
                    }
                    function onFinished() {
                        root.focusUsual();
                    }
                    function onBackRequested() {
                        root.read(0);
                    }
                    function onOpened(fileName: string) {
                        root.readFile(fileName);
                    }
                }
            }

            FinderBar {
                id: filterBar
                objectName: "filterBar"

                Layout.fillWidth: true
                visible: false
                finder: session.shown.finder
                entryCount: session.shown.entryCount
                chosen: chatView.selectionEnd

                /*! What was read when it was opened, by its number; 0: the newest. */
                property int placeBefore: 0

                onRowsChanged: root.showEntry(chosen)
                onHitRequested: seq => {
                    root.showEntry(seq);
                    chatView.select(session.shown.rowOf(seq), false);
                }
                onClosed: {
                    clear();
                    root.showEntry(chosen > 0 ? chosen : placeBefore);
                    root.focusUsual();
                }
            }

            Notice {
                objectName: "storeNotice"

                Layout.fillWidth: true
                Layout.margins: visible ? Theme.gap : 0
                horizontalAlignment: Text.AlignHCenter
                text: session.shown.notice.length > 0 ? session.shown.notice : session.transcript.notice
            }

            ChatView {
                id: chatView
                objectName: "transcript"

                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.minimumHeight: root.isLow ? 24 : 60
                // A low window has no room for both.
                visible: !difference.visible || root.height >= (root.width < 640 ? 900 : 600)
                transcript: session.shown
                entryCount: session.shown.entryCount
                firstSeq: session.shown.firstSeq
                needle: filterBar.finder.text
                canSend: !session.isReading
                onOpened: seq => details.show(seq)
                onCopyRequested: (first, last, format) => session.shown.copyRows(first, last, format)
                onSendRequested: seq => root.sendAgain(seq)
                onEditRequested: seq => root.editMessage(seq)
            }

            Details {
                id: details

                Layout.fillWidth: true
                Layout.fillHeight: false
                Layout.preferredHeight: root.height * 0.45
                transcript: session.shown
                onClosed: {
                    clear();
                    root.focusUsual();
                }
            }

            // Not made before there is one: a window is there sooner.
            Loader {
                id: difference

                readonly property Replay replay: session.replaySession.replay

                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.preferredHeight: root.height * 0.5
                Layout.maximumHeight: chatView.visible ? root.height * 0.5 : -1
                visible: bars.isReplaying && !session.replaySession.running
                         && (replay.hasExpected || replay.hasReceived)
                onVisibleChanged: {
                    if (visible && status === Loader.Null)
                        setSource("ReplayDifference.qml", {replay: replay});
                }
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
                onSent: {
                    session.recall.reset();
                    chatView.showNewest();
                }
                onFinished: root.focusUsual()
            }
        }

        InputArea {
            id: inputArea

            Layout.fillWidth: true
            Layout.fillHeight: false
            chat: session
            isDragging: drop.containsDrag
            onSent: {
                session.recall.reset();
                chatView.showNewest();
            }
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
        canStep: bars.canStep
        canScroll: !conversationList.activeFocus && !keyHelp.visible
        onHelpRequested: root.showKeys(!keyHelp.visible)
        onAddressRequested: connectionBars.focusAddress()
        onConnectRequested: connectionBars.connectAgain()
        onStagesRequested: connectionBars.toggleStages()
        onServerRequested: connectionBars.startServer()
        onSettingsRequested: settingsSide.toggle()
        onCopyRequested: connectionBars.showCopyMenu()
        onFindRequested: {
            if (!filterBar.visible)
                filterBar.placeBefore = chatView.seqInSight();
            filterBar.visible = true;
            filterBar.focusField();
        }
        onOlderHitRequested: filterBar.olderRequested()
        onNewerHitRequested: filterBar.newerRequested()
        onConversationsRequested: root.showConversations(!conversationList.visible)
        onExportRequested: bars.askForFile(true)
        onOpenRequested: bars.askForFile(false)
        onEncodingRequested: inputArea.cycleEncoding()
        onSendFileRequested: outgoing.openFile("")
        onStepRequested: session.replaySession.replay.step()
        onScrollRequested: pages => chatView.scrollPages(pages)
        onOldestRequested: {
            session.shown.showEntry(session.shown.firstSeq);
            chatView.showOldest();
        }
        onNewestRequested: chatView.showNewest()
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
                conversationList.visible = false;
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
