// SPDX-License-Identifier: MIT
import QtQml
import AwesomeChat

/*!
    A conversation with one server, over as many connections as it takes. The only place where the
    elements are wired to each other; nothing here is seen.
*/
QtObject {
    id: root

    /*! Where to connect to. */
    property url url
    /*! Where conversations are kept; empty: in memory only. */
    property string transcriptFile
    readonly property WebSocket socket: WebSocket {
        url: root.url
        active: true
    }
    readonly property TranscriptStore store: TranscriptStore {
        file: root.transcriptFile
    }
    readonly property Transcript transcript: Transcript {
        store: root.store
        server: root.socket.address
        socket: root.socket
    }
    /*! Why nothing can be sent just now, in a sentence; empty when it can. */
    readonly property string obstacle: socket.status === WebSocket.Open ? ""
        : socket.status === WebSocket.Connecting ? qsTr("Not sent: still connecting.")
        : socket.status === WebSocket.Closing ? qsTr("Not sent: the connection is closing.")
        : socket.status === WebSocket.Closed
            ? qsTr("Not sent: the connection is closed. Ctrl+R connects again.")
            : qsTr("Not sent: there is no connection. Ctrl+R tries again.")

    /*! Sends text, as one text message. Returns false, and sends nothing, where obstacle says why. */
    function send(text: string): bool {
        if (socket.status !== WebSocket.Open)
            return false;
        return socket.sendTextMessage(text) > 0;
    }

    /*! Sends a message of the transcript once more, text as text and binary as binary; see send(). */
    function sendAgain(seq: int): bool {
        if (!transcript.isBinary(seq))
            return send(transcript.textOf(seq));
        if (socket.status !== WebSocket.Open)
            return false;
        socket.sendBinaryMessage(transcript.payloadOf(seq));
        return true;
    }

    /*! Connects again after a connection has ended. */
    function reconnect() {
        socket.open();
    }
}
