// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    The editor in which a message is typed, and kept to the character. What would make it too long
    is not put in, and said. Enter accepts it, Shift+Enter breaks the line.
*/
TextEdit {
    id: root

    /*! What is typed, exactly; text is what is seen of it. What is set cannot be undone. */
    property alias exactText: exact.text
    /*! How many characters it holds: laying out many more would make every key slow. */
    readonly property int maximumLength: 100000
    /*! How many more could be put in, in place of what is selected. */
    readonly property int room: maximumLength - length + selectionEnd - selectionStart
    /*! How many of its last characters are blanks: they have nothing behind them that shows where they end. */
    property int trailing: 0
    /*! Whether Up in the first line and Down in the last go to other messages. */
    property bool canRecall: true

    signal accepted()
    /*! What is in the clipboard is to be put in; or what is selected anywhere. */
    signal pasteRequested(bool fromSelection)
    /*! What was typed or is to be put in would have made it too long. */
    signal overflowed()
    signal olderRequested()
    signal newerRequested()

    /*! Puts other words in place of all; undoing (Ctrl+Z) brings that back. */
    function replaceAll(words: string) {
        exact.replace(words);
    }

    /*! Puts words in place of what is selected, as a whole or not at all. */
    function putIn(words: string) {
        const start = selectionStart;
        if (words.length > room) {
            overflowed();
            return;
        }
        exact.insert(start, selectionEnd, words);
        cursorPosition = start + words.length;
    }

    function copyExactly(isCut: bool) {
        if (selectionStart === selectionEnd)
            return;
        exact.copy(selectionStart, selectionEnd);
        if (isCut)
            remove(selectionStart, selectionEnd);
    }

    activeFocusOnTab: true
    textFormat: TextEdit.PlainText
    wrapMode: exact.hasLongWord ? TextEdit.WrapAnywhere : TextEdit.Wrap
    color: Theme.text
    selectionColor: Theme.selection
    selectedTextColor: Theme.text
    selectByMouse: true
    persistentSelection: true
    font.family: Theme.fixedFont
    font.pixelSize: Theme.textSize

    Accessible.role: Accessible.EditableText
    Accessible.name: qsTr("Message")
    Accessible.multiLine: true

    // What a key or an input method puts in, beyond what is looked at below.
    onLengthChanged: {
        if (length > maximumLength) {
            undo();
            overflowed();
        }
    }

    Keys.onTabPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
    Keys.onBacktabPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
    Keys.onPressed: event => {
        event.accepted = true;
        const isPlain = !(event.modifiers & (Qt.ShiftModifier | Qt.ControlModifier | Qt.AltModifier));
        if (event.key === Qt.Key_Return || event.key === Qt.Key_Enter) {
            if (event.modifiers & Qt.ShiftModifier)
                putIn("\n");
            else
                accepted();
        } else if (event.matches(StandardKey.Paste)) {
            pasteRequested(false);
        } else if (event.matches(StandardKey.Copy) || event.matches(StandardKey.Cut)) {
            copyExactly(event.matches(StandardKey.Cut));
        } else if (event.key === Qt.Key_Up && isPlain && canRecall && cursorRectangle.y <= positionToRectangle(0).y) {
            olderRequested();
        } else if (event.key === Qt.Key_Down && isPlain && canRecall
                   && cursorRectangle.y >= positionToRectangle(length).y) {
            newerRequested();
        } else if (event.text >= " " && isPlain && event.key !== Qt.Key_Delete
                   && length >= maximumLength && selectionStart === selectionEnd) {
            overflowed();
        } else {
            event.accepted = false;
        }
    }

    InputText {
        id: exact

        document: root.textDocument
        mark: Theme.hit
    }

    // The middle button pastes what is selected anywhere.
    MouseArea {
        anchors.fill: parent
        acceptedButtons: Qt.MiddleButton
        cursorShape: Qt.IBeamCursor
        onClicked: event => {
            root.forceActiveFocus();
            root.cursorPosition = root.positionAt(event.x, event.y);
            root.pasteRequested(true);
        }
    }

    Rectangle {
        // They move with the width, too.
        readonly property rect begin: place(Math.max(0, root.length - root.trailing), root.width)
        readonly property rect end: place(root.length, root.width)

        function place(position: int, width: real): rect {
            return root.positionToRectangle(position);
        }

        objectName: "trailing"
        visible: root.trailing > 0 && root.trailing <= root.length && begin.y === end.y
        x: begin.x
        y: begin.y
        z: -1
        width: end.x - begin.x
        height: begin.height
        color: Theme.hit
    }
}
