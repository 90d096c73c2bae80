// SPDX-License-Identifier: MIT
import QtQml
import AwesomeChat

/*!
    Has a conversation once more, over a connection of its own. Wires the elements for it; nothing
    here is seen.
*/
QtObject {
    id: root

    /*! How to connect to each server. */
    required property ServerSettings settings
    property int pace: Replay.AtOnce
    /*! Why it could not begin, in a sentence. */
    property string problem: ""
    readonly property bool running: file.running || replay.running

    readonly property WebSocket socket: WebSocket {
        onUrlChanged: root.settings.giveTo(this, url)
    }
    readonly property Replay replay: Replay {
        socket: root.socket
        pace: root.pace
    }
    readonly property ConversationExport file: ConversationExport {
        onFinished: fileName => root.startFile(fileName)
        onFailed: sentence => root.problem = sentence
    }

    /*! Has a conversation of a store with the server at address. */
    function start(store: TranscriptStore, conversation: int, address: string) {
        problem = "";
        prepare(address);
        file.startTemporary(store, conversation);
    }

    /*! Has the conversation of a file with the server at address. */
    function startWithFile(fileName: string, address: string) {
        problem = "";
        prepare(address);
        startFile(fileName);
    }

    function prepare(address: string) {
        socket.url = address;
        settings.giveTo(socket, address); // they may have changed since the last time
    }

    function startFile(fileName: string) {
        replay.fileName = fileName;
        replay.start();
    }

    function stop() {
        file.cancel();
        replay.stop();
    }
}
