// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    What is pasted: put in at once, where it is a line that there is room for; else the person is
    asked what is to become of it. The question is there only while it is asked.
*/
Loader {
    id: root

    /*! How many characters there is room for. */
    required property int room
    /*! Whether lines may be meant as a message each. */
    property bool hasMessages: true
    /*! Sends a text that is too long for here, or lines as a message each; whether that was taken. */
    property var sendText: text => false
    property var sendLines: lines => false

    /*! It is to be put in. */
    signal accepted(string text)
    /*! What was asked has been dealt with, and the keyboard is free. */
    signal closed()

    // No type: what is named is loaded with the window.
    readonly property var question: item
    readonly property bool fits: pasted.length <= room

    /*! Takes what is in the clipboard, or selected anywhere. */
    function paste(fromSelection: bool) {
        if (pasted.take(fromSelection))
            use();
    }

    function pasteText(words: string) {
        pasted.set(words);
        if (words.length > 0)
            use();
    }

    function use() {
        if (fits && !(hasMessages && pasted.lineCount > 1))
            accepted(pasted.text);
        else
            setSource("PasteQuestion.qml", {lineCount: pasted.lineCount, bytes: pasted.bytes, fits: fits});
    }

    function acceptOne(): bool {
        const send = sendText;
        if (!fits)
            return send(pasted.text);
        accepted(pasted.text);
        return true;
    }

    function sendEach(): bool {
        const send = sendLines;
        return send(pasted.lines());
    }

    function close() {
        source = "";
        pasted.clear();
        closed();
    }

    height: question ? question.implicitHeight + Theme.gap : 0
    onLoaded: question.focusFirst()

    PastedText {
        id: pasted
    }

    Connections {
        target: root.question
        ignoreUnknownSignals: true

        // What is not taken is still there to be asked about.
        function onOneRequested() {
            if (root.acceptOne())
                root.close();
        }
        function onEachRequested() {
            if (root.sendEach())
                root.close();
        }
        function onClosed() {
            root.close();
        }
    }
}
