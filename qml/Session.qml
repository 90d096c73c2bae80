// SPDX-License-Identifier: MIT
import QtQml
import AwesomeChat

/*!
    A conversation with one server, over as many connections as it takes. The only place where the
    elements are wired to each other; nothing here is seen.
*/
QtObject {
    id: root

    /*! Where to connect to, and whether to at first. */
    property url url
    property bool connects: true
    /*! Whether a lost connection is tried again. */
    property bool reconnects: true
    /*! Where conversations are kept; empty: in memory only. */
    property string transcriptFile
    /*! Where addresses and settings are kept; empty: nowhere. */
    property string settingsFile
    /*! How the command line says to connect; see ServerSettings. */
    property var flags
    /*! What is sent as soon as there is a connection, a message each. */
    property var lines: []
    /*! Where lines are kept that have not gone out, and drafts; empty: in memory only. */
    property string outboxFile
    readonly property WebSocket socket: WebSocket {
        url: root.url
        onStatusChanged: {
            if (status === WebSocket.Open)
                root.addressBook.add(url);
        }
    }
    readonly property Reconnector reconnector: Reconnector {
        socket: root.socket
        enabled: root.reconnects && root.settings.reconnect
    }
    readonly property Heartbeat heartbeat: Heartbeat {
        socket: root.socket
        interval: root.settings.pingInterval
    }
    /*! The bundled server, for who has none to talk to. */
    readonly property LocalServer localServer: LocalServer {
        onStateChanged: {
            if (state === LocalServer.Running)
                root.connectToLocalServer();
        }
    }
    /*! Whether nobody answers at an address of this machine, where that server could. */
    readonly property bool wantsLocalServer: failedHere && localServer.state !== LocalServer.Starting
                                             && !localServer.serves(socket.url)
    /*! Whether the last attempt, or the one before the attempt under way, found nobody on this machine. */
    property bool failedHere: false
    readonly property Connections failureWatch: Connections {
        target: root.socket

        function onStatusChanged(status: int) {
            if (status !== WebSocket.Connecting)
                root.failedHere = root.localServer.couldHelp(root.socket);
        }
        function onUrlChanged() {
            root.failedHere = false;
        }
    }
    readonly property Outbox outbox: Outbox {
        socket: root.socket
        server: root.socket.address
        file: root.outboxFile
        store: root.store
        firstMessages: root.settings.firstMessages
    }
    readonly property ServerSettings settings: ServerSettings {
        file: root.settingsFile
        flags: root.flags
        // What is saved for the server counts when it is next connected to.
        onSaved: server => {
            if (isSameServer(server, root.url))
                applyTo(root.socket, root.url);
        }
    }
    /*! The settings while they are edited. */
    readonly property SettingsForm settingsForm: SettingsForm {
        settings: root.settings
    }
    readonly property AddressBook addressBook: AddressBook {
        file: root.settingsFile
    }
    readonly property TranscriptStore store: TranscriptStore {
        file: root.transcriptFile
    }
    readonly property Transcript transcript: Transcript {
        store: root.store
        server: root.socket.address
        socket: root.socket
        outbox: root.outbox
    }
    readonly property FileToSend fileToSend: FileToSend {}
    /*! What was sent before in the conversation. */
    readonly property Recall recall: Recall {
        transcript: root.transcript
        outbox: root.outbox
    }
    /*! The conversations there are. */
    readonly property ConversationModel conversations: ConversationModel {
        store: root.store
        current: root.transcript.conversation
    }
    /*! One of them that is read while the other goes on; or a file. */
    readonly property Transcript stored: Transcript {
        readOnly: true
        store: root.store
    }
    readonly property ConversationImport file: ConversationImport {}
    readonly property Transcript inFile: Transcript {
        readOnly: true
        store: root.file.store
        conversation: root.file.conversation
    }
    readonly property bool isReadingFile: file.fileName.length > 0
    readonly property bool isReading: isReadingFile || stored.conversation !== 0
    /*! What is read, and what is seen. */
    readonly property Transcript reading: isReadingFile ? inFile : stored
    readonly property Transcript shown: isReading ? reading : transcript
    readonly property ConversationExport exporter: ConversationExport {}
    readonly property ReplaySession replaySession: ReplaySession {
        settings: root.settings
    }
    /*! Why what was to be read or gone on with is not, in a sentence. */
    property string readingNotice: ""

    Component.onCompleted: {
        settings.applyTo(socket, url);
        if (lines.length > 0)
            outbox.appendLines(lines);
        if (connects)
            socket.open();
    }

    /*! Sends text, as one text message, as soon as it can be. False where the outbox is full. */
    function send(text: string): bool {
        return outbox.append(text);
    }

    /*! Sends a message of what is shown once more, text as text and binary as binary; see send(). */
    function sendAgain(seq: int): bool {
        return shown.isBinary(seq) ? outbox.appendBinary(shown.payloadOf(seq)) : send(shown.textOf(seq));
    }

    /*! Shows a conversation to be read; with 0, the one that goes on again. */
    function read(conversation: int) {
        stopReading();
        stored.conversation = conversation === transcript.conversation ? 0 : conversation;
    }

    /*! Shows a file to be read. */
    function readFile(fileName: string) {
        stopReading();
        file.open(fileName);
    }

    function stopReading() {
        readingNotice = "";
        replaySession.stop();
        file.close();
        stored.conversation = 0;
    }

    /*! Nothing is looked for any more, in whatever may be shown. */
    function clearFinders() {
        for (const one of [transcript, stored, inFile])
            one.finder.clear();
    }

    /*! Has what is read once more, with the server at address. */
    function startReplay(address: string) {
        if (isReadingFile)
            replaySession.startWithFile(file.fileName, address);
        else
            replaySession.start(store, stored.conversation, address);
    }

    /*! Goes on with the conversation that is read: connects to its server. */
    function goOn() {
        if (conversations.isHeldElsewhere(stored.conversation)) {
            readingNotice = qsTr("Another window has this conversation. Close it there to go on with it here.");
            return;
        }
        const conversation = stored.conversation;
        whenEnded(() => goOnWith(conversation));
    }

    function goOnWith(conversation: int) {
        if (!transcript.resume(conversation)) {
            readingNotice = qsTr("It cannot be gone on with: it is deleted, or another window has it.");
        } else {
            // The address there is may have a password, which the conversation has not.
            const server = socket.address === transcript.server ? url : transcript.server;
            settings.applyTo(socket, server);
            url = server;
            read(0);
        }
        socket.open();
    }

    /*! Connects to a server, and goes on with the last conversation with it. */
    function connectTo(server: url) {
        addressBook.add(server);
        whenEnded(() => {
            stopReading();
            settings.applyTo(socket, server);
            url = server;
            socket.open();
        });
    }

    /*! Trusts the certificate with that fingerprint for the server from now on, and connects. */
    function trustCertificate(fingerprint: string) {
        settings.setPinnedFingerprint(socket.url, fingerprint);
        reconnect();
    }

    /*! Trusts it no more, and ends the connection that there is only because of that. */
    function distrustCertificate() {
        settings.setPinnedFingerprint(socket.url, "");
        socket.close();
    }

    /*! Starts the bundled server, unless it runs, and connects to it. */
    function startLocalServer() {
        if (localServer.state === LocalServer.Running)
            connectToLocalServer();
        else
            localServer.start();
    }

    function connectToLocalServer() {
        // What waits for this address goes out; another name for it would be another server.
        if (!localServer.serves(socket.url))
            connectTo(localServer.url);
        else if (ended)
            reconnect();
    }

    /*! Keeps what was typed as settings, and connects like that or not yet. */
    function saveSettings(connects: bool) {
        const server = settingsForm.url;
        if (settingsForm.save() && connects)
            connectTo(server);
    }

    readonly property bool ended: socket.status === WebSocket.Closed || socket.status === WebSocket.Error
    /*! What is done once the connection there is has ended; null: nothing. */
    property var afterEnd: null

    /*! Ends the connection that there is, which belongs to its conversation, and then does action. */
    function whenEnded(action: var) {
        afterEnd = action;
        if (ended)
            endTimer.start();
        else
            socket.close();
    }

    // Later: when the transcript has written down that it has ended.
    onEndedChanged: {
        if (ended && afterEnd !== null)
            endTimer.start();
    }

    readonly property Timer endTimer: Timer {
        interval: 0
        onTriggered: {
            const action = root.afterEnd;
            root.afterEnd = null;
            if (action !== null)
                action();
        }
    }

    /*! Connects again after a connection has ended. */
    function reconnect() {
        reconnector.tryNow();
    }
}
