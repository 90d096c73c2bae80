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

    function startServer() {
        session.startLocalServer();
        focusUsual();
    }

    function sendAgain(seq: int) {
        if (session.isReading || !session.shown.isMessage(seq))
            return;
        if (session.sendAgain(seq))
            chatView.showNewest();
    }

    /*! Asks what the file is to be sent as; with an empty name, which one it is. */
    function openFileToSend(fileName: string) {
        if (session.isReading)
            return;
        if (fileToSend.bar === null)
            fileToSend.setSource("FileToSendBar.qml", {file: session.fileToSend});
        fileToSend.bar.asking = fileName.length === 0;
        if (fileName.length > 0)
            session.fileToSend.open(fileName);
        fileToSend.bar.focusFirst();
    }

    function closeFileToSend() {
        const hadFocus = fileToSend.bar !== null && fileToSend.bar.activeFocus;
        fileToSend.source = "";
        if (hadFocus)
            focusUsual();
    }

    /*! Shows what was just taken to be sent; gives back whether it was. */
    function noteSent(isTaken: bool): bool {
        if (isTaken) {
            session.recall.reset();
            chatView.showNewest();
        }
        return isTaken;
    }

    /*! Puts a message into the line; Ctrl+Z there brings back what was in it. */
    function editMessage(seq: int) {
        if (session.isReading || !session.shown.isMessage(seq) || session.shown.isBinary(seq))
            return;
        const text = session.shown.textOf(seq);
        chatInput.overflowing = text.length > chatInput.maximumLength;
        if (!chatInput.overflowing)
            chatInput.replace(text);
        chatInput.forceActiveFocus();
    }

    onActiveChanged: session.transcript.setLookedAt(active)

    Component.onCompleted: {
        chatInput.draft = session.outbox.draft;
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
        bars.done = "";
        chatView.clearSelection();
        chatView.showNewest();
        focusUsual();
    }

    /*! The line to type in; or the rows, while it is off. */
    function focusUsual() {
        if (session.isReading)
            chatView.forceActiveFocus();
        else
            chatInput.forceActiveFocus();
    }

    /*! Shows the certificate of the server; one that is refused asks whether to trust it. */
    function showCertificate() {
        certificateQuestion.setSource("CertificateQuestion.qml", {
            certificate: session.socket.certificate,
            refused: session.socket.certificateRefused,
            pinnedFingerprint: session.socket.pinnedFingerprint
        });
        if (certificateQuestion.visible && !isTyping())
            certificateQuestion.question.focusSafely();
    }

    /*! Whether somebody is in the middle of a line, whose keys nothing else is to take. */
    function isTyping(): bool {
        const line = activeFocusItem as TextInput;
        const lines = activeFocusItem as TextEdit;
        return (line !== null && line.length > 0) || (lines !== null && lines.length > 0);
    }

    function closeCertificate() {
        const hadFocus = certificateQuestion.activeFocus;
        certificateQuestion.source = "";
        if (hadFocus)
            focusUsual();
    }

    Connections {
        target: certificateQuestion.question

        function onTrusted(fingerprint: string) {
            session.trustCertificate(fingerprint);
        }
        function onDistrusted() {
            if (!certificateQuestion.question.refused)
                session.distrustCertificate();
            root.closeCertificate();
        }
        function onClosed() {
            root.closeCertificate();
        }
    }

    Connections {
        target: session.socket

        // Each certificate that is refused is asked about, and none is shown for another.
        function onCertificateChanged() {
            if (session.socket.certificateRefused)
                root.showCertificate();
            else if (certificateQuestion.visible)
                root.closeCertificate();
        }
    }

    function showConversations(shown: bool) {
        if (shown)
            settingsSide.hide();
        conversationList.visible = shown;
        conversationList.filter = "";
        conversationList.notice = "";
        if (shown)
            conversationList.focusField();
        else
            focusUsual();
    }

    function showStages(shown: bool) {
        stagesView.visible = shown;
        if (shown)
            stagesView.forceActiveFocus(Qt.ShortcutFocusReason);
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

    /*! Takes what a command of wscat or websocat says as settings; they are not kept before they are used. */
    function takeCommand(text: string) {
        connectionBar.problem = settingsSide.takeCommand(text);
        if (connectionBar.problem.length > 0)
            return;
        connectionBar.offer(session.settingsForm.address);
        if (!root.isNarrow)
            connectionBar.focusField();
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
        target: session.outbox

        // It was sent, or is another server's.
        function onDraftChanged() {
            chatInput.draft = session.outbox.draft;
        }
    }

    Connections {
        target: session.recall

        function onRecalled(text: string, isOlder: bool) {
            chatInput.recall(text, isOlder);
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
        value: conversationList.filter
    }

    ConversationList {
        id: conversationList
        objectName: "conversationList"

        // A narrow window has no room for both.
        width: root.isNarrow ? root.width : Math.min(400, root.width / 2)
        height: parent.height
        visible: false
        model: session.conversations
        onOpened: (conversation, current) => {
            root.read(current ? 0 : conversation);
            root.showConversations(false);
        }
        onRenamed: (conversation, name) => session.conversations.rename(conversation, name)
        onRemoved: conversation => {
            notice = session.conversations.remove(conversation) ? ""
                : qsTr("It is not deleted: another window has it.");
        }
        onFileRequested: {
            root.showConversations(false);
            bars.askForFile(false);
        }
        onClosed: root.showConversations(false)
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
            event.accepted = certificateQuestion.visible || details.visible || stagesView.visible || session.isReading;
            if (certificateQuestion.visible)
                root.closeCertificate();
            else if (details.visible)
                details.closed();
            else if (stagesView.visible)
                root.showStages(false);
            else if (session.isReading)
                root.read(0);
        }

        ConnectionBar {
            id: connectionBar

            Layout.fillWidth: true
            address: session.socket.address
            status: session.socket.status
            roundTripTime: session.socket.roundTripTime
            messageRate: session.transcript.messageRate
            byteRate: session.transcript.byteRate
            addresses: session.addressBook.addresses
            onConnectRequested: typed => {
                const form = session.settingsForm;
                if (form.isCommand(typed)) {
                    root.takeCommand(typed);
                    return;
                }
                if (form.isPasted && typed === form.address) {
                    problem = form.problem;
                    if (problem.length === 0)
                        root.saveSettings(true);
                    return;
                }
                // The address that is there may have a password, which is not shown.
                const isSame = typed === address;
                problem = isSame ? "" : session.addressBook.problemOf(typed);
                if (problem.length > 0)
                    return;
                if (isSame)
                    session.reconnect();
                else
                    root.connectTo(session.addressBook.urlOf(typed));
                root.focusUsual();
            }
            onDisconnectRequested: session.socket.close()
            onStagesRequested: root.showStages(!stagesView.visible)
            onRemoveRequested: address => session.addressBook.remove(address)
            onServerRequested: root.startServer()
            onPasted: text => {
                if (session.settingsForm.isCommand(text))
                    root.takeCommand(text);
            }
            onSettingsRequested: settingsSide.toggle()
            onCopyRequested: button => settingsSide.showCopyMenu(button)
            trust: session.socket.trust
            certificateRefused: session.socket.certificateRefused
            onCertificateRequested: root.showCertificate()
            onDismissed: {
                problem = "";
                root.focusUsual();
            }
        }

        Loader {
            id: stagesView
            objectName: "stages"

            Layout.fillWidth: true
            visible: false
            onVisibleChanged: {
                if (visible)
                    setSource("StagesView.qml", {stages: session.socket.stages, ending: session.socket.ending});
            }

            Binding {
                target: stagesView.item
                when: stagesView.item !== null
                property: "stages"
                value: session.socket.stages
            }
            Binding {
                target: stagesView.item
                when: stagesView.item !== null
                property: "ending"
                value: session.socket.ending
            }
            Binding {
                target: stagesView.item
                when: stagesView.item !== null
                property: "roundTripTime"
                value: session.socket.roundTripTime
            }
            Connections {
                target: stagesView.item
                ignoreUnknownSignals: true

                function onClosed() {
                    root.showStages(false);
                }
            }
        }

        Loader {
            id: certificateQuestion
            objectName: "certificateQuestion"

            Layout.fillWidth: true
            Layout.maximumHeight: root.height * 0.6
            visible: question !== null

            readonly property CertificateQuestion question: item as CertificateQuestion
        }

        RetryBar {
            objectName: "retryBar"

            Layout.fillWidth: true
            waiting: session.reconnector.waiting
            secondsLeft: session.reconnector.secondsLeft
            attempt: session.reconnector.attempt
            reason: session.reconnector.reason
            onNowRequested: session.reconnector.tryNow()
            onStopRequested: session.reconnector.stop()
            offersServer: session.wantsLocalServer
            onServerRequested: root.startServer()
        }

        LocalServerBar {
            objectName: "localServerBar"

            Layout.fillWidth: true
            notice: session.localServer.notice
            failed: session.localServer.state === LocalServer.Failed
            onDismissed: {
                session.localServer.clearNotice();
                root.focusUsual();
            }
        }

        ReadingBars {
            id: bars

            Layout.fillWidth: true
            Layout.fillHeight: false // as a layout, it would
            chat: session
            onFinished: root.focusUsual()
            onBackRequested: root.read(0)
            onOpened: fileName => root.readFile(fileName)
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

        DifferenceView {
            id: difference
            objectName: "difference"

            readonly property Replay replay: session.replaySession.replay

            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.preferredHeight: root.height * 0.5
            Layout.maximumHeight: chatView.visible ? root.height * 0.5 : -1
            visible: bars.isReplaying && !session.replaySession.running && (hasExpected || hasReceived)
            hasExpected: replay.hasExpected
            expected: replay.expected
            expectedIsBinary: replay.expectedIsBinary
            hasReceived: replay.hasReceived
            received: replay.received
            receivedIsBinary: replay.receivedIsBinary
            place: qsTr("line %L1").arg(replay.differenceLine)
        }

        Notice {
            objectName: "done"

            Layout.fillWidth: true
            Layout.margins: visible ? Theme.gap : 0
            text: bars.done
        }

        OutboxView {
            objectName: "outbox"

            Layout.fillWidth: true
            model: session.outbox
            pendingCount: session.outbox.pendingCount
            inDoubtCount: session.outbox.inDoubtCount
            textAt: row => session.outbox.textAt(row)
            onEdited: (row, text) => session.outbox.edit(row, text)
            onRemoveRequested: row => session.outbox.remove(row)
            onSendAgainRequested: row => session.outbox.sendAgain(row)
            onDismissRequested: row => session.outbox.dismiss(row)
        }

        Loader {
            id: fileToSend
            objectName: "fileToSend"

            readonly property FileToSendBar bar: item as FileToSendBar

            Layout.fillWidth: true
            visible: bar !== null
        }

        Connections {
            target: fileToSend.bar

            function onPathEntered(path: string) {
                root.openFileToSend(path);
            }
            function onSendRequested(asText: bool) {
                if (root.noteSent(session.fileToSend.sendTo(session.outbox, asText)))
                    root.focusUsual();
            }
            function onClosed() {
                session.fileToSend.close();
                root.closeFileToSend();
            }
        }

        Connections {
            target: session.fileToSend

            // It has gone out.
            function onChanged() {
                if (session.fileToSend.title.length === 0 && fileToSend.bar !== null && !fileToSend.bar.asking)
                    root.closeFileToSend();
            }
        }

        ChatInput {
            id: chatInput

            property bool overflowing: false

            Layout.fillWidth: true
            Layout.margins: Theme.gap
            focus: true
            enabled: !session.isReading
            opacity: enabled ? 1 : 0.6
            placeholder: session.isReading ? qsTr("Escape goes back") + (session.socket.address.length > 0
                                                   ? qsTr(" to %1").arg(session.socket.address) : "")
                                           : qsTr("Type a message and press Enter")
            notice: overflowing ? qsTr("Not put in: a line holds %L1 characters.").arg(maximumLength)
                  : session.outbox.trouble
            maximumLinesHeight: root.height / 3
            onDraftChanged: session.outbox.draft = draft
            // The draft and the line are one: a crash leaves one of them.
            onAccepted: {
                root.noteSent(session.outbox.appendDraft());
            }
            sendText: text => root.noteSent(session.send(text))
            sendLines: lines => root.noteSent(session.outbox.appendLines(lines))
            onBinaryAccepted: bytes => {
                if (root.noteSent(session.outbox.appendBinary(bytes)))
                    clear();
            }
            isDragging: drop.containsDrag
            onFileDropped: file => root.openFileToSend(file.toString())
            onEdited: overflowing = false
            onOverflowed: overflowing = true
            onOlderRequested: session.recall.older(text)
            onNewerRequested: session.recall.newer(text)
        }
    }

    // Dropping does something else at the input, which says so, too.
    Rectangle {
        objectName: "dropToRead"

        anchors.horizontalCenter: parent.horizontalCenter
        y: root.height / 3
        width: Math.min(parent.width - 2 * Theme.margin, dropWords.implicitWidth + 4 * Theme.gap)
        height: dropWords.implicitHeight + 2 * Theme.gap
        visible: drop.containsDrag || chatInput.isDropTarget
        radius: Theme.radius
        color: Theme.field
        border.color: drop.containsDrag ? Theme.accent : Theme.line

        Text {
            id: dropWords

            anchors.fill: parent
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            text: qsTr("Drop here to read a conversation’s file")
            textFormat: Text.PlainText
            elide: Text.ElideRight
            color: drop.containsDrag ? Theme.accent : Theme.quiet
            font.pixelSize: Theme.textSize
        }
    }

    KeyCommands {
        id: keys

        canExport: !session.file.running
        canStep: bars.canStep
        canScroll: !conversationList.activeFocus && !keyHelp.visible
        onHelpRequested: root.showKeys(!keyHelp.visible)
        onAddressRequested: connectionBar.focusField()
        onConnectRequested: {
            if (session.socket.address.length === 0)
                connectionBar.focusField();
            else
                session.reconnect();
        }
        onStagesRequested: root.showStages(!stagesView.visible)
        onServerRequested: root.startServer()
        onSettingsRequested: settingsSide.toggle()
        onCopyRequested: settingsSide.showCopyMenu(connectionBar)
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
        onEncodingRequested: {
            chatInput.cycleEncoding();
            root.focusUsual();
        }
        onSendFileRequested: root.openFileToSend("")
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
        onCopied: said => bars.done = said
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
