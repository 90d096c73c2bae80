// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    The ReadingBars. They are not made before something is read, or a file asked for: a window is
    there sooner.
*/
Loader {
    id: root

    required property Session chat

    // No type: what is named is loaded with the window.
    readonly property var bars: item
    readonly property bool isReplaying: bars?.isReplaying ?? false
    readonly property bool canStep: bars?.canStep ?? false

    // As those of ReadingBars.
    signal done(string sentence)
    signal finished()
    signal backRequested()
    signal opened(string fileName)

    function load() {
        if (bars === null)
            setSource("ReadingBars.qml", {chat: chat});
    }

    function askForFile(isExport: bool) {
        load();
        bars.askForFile(isExport);
    }

    function close() {
        if (bars !== null)
            bars.close();
    }

    visible: bars !== null

    Connections {
        target: root.chat

        function onIsReadingChanged() {
            root.load();
        }
    }

    Connections {
        target: root.bars
        ignoreUnknownSignals: true

        function onDone(sentence: string) {
            root.done(sentence);
        }
        function onFinished() {
            root.finished();
        }
        function onBackRequested() {
            root.backRequested();
        }
        function onOpened(fileName: string) {
            root.opened(fileName);
        }
    }
}
