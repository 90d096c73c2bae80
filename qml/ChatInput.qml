// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    The message that is being typed. Enter sends it, Shift+Enter breaks the line. It stays until
    clear() is called: whoever gets it knows whether it could be sent.
*/
FocusScope {
    id: root

    /*! What is typed: text, or bytes in hexadecimal or in Base64. Each has a line of its own. */
    enum Encoding { Text, Hex, Base64 }
    property int encoding: ChatInput.Text
    readonly property bool isBinary: encoding !== ChatInput.Text
    /*! The text, whether it is what is seen or not. */
    property string draft: ""
    /*! The same for bytes. */
    property string hexLine: ""
    property string base64Line: ""

    /*! Why the message is still here; empty when there is nothing to say. */
    property string notice: ""
    /*! What is said while there is no message. */
    property string placeholder: qsTr("Type a message and press Enter")
    /*! What is in the line, exactly. What is set cannot be undone; see replace(). */
    property alias text: exact.text
    /*! How high the lines may become before they scroll. */
    property real maximumLinesHeight: 160

    /*! Sends a text that is too long for here, or lines as a message each; whether that was taken. */
    property var sendText: text => false
    property var sendLines: lines => false

    /*! How many characters it holds: laying out many more would make every key slow. */
    readonly property int maximumLength: 100000

    /*! Enter was pressed on a message that is not empty. */
    signal accepted(string text)
    /*! The same, with an ArrayBuffer, while isBinary. */
    signal binaryAccepted(var bytes)
    /*! A file was dropped, to be sent. */
    signal fileDropped(url file)
    /*! The message was changed by the person. */
    signal edited()
    /*! What was typed or pasted would have made the message too long, and was not put in. */
    signal overflowed()
    /*! Up was pressed in the first line, or Down in the last. */
    signal olderRequested()
    signal newerRequested()

    /*! Puts other words in place of the message; undoing (Ctrl+Z) brings that back. */
    function replace(words: string) {
        setEncoding(ChatInput.Text);
        change(() => exact.replace(words));
        input.cursorPosition = input.length;
    }

    /*! The same for what was sent before; the cursor is where going on in that direction is one key. */
    function recall(words: string, isOlder: bool) {
        replace(words);
        if (isOlder) {
            const lineEnd = words.indexOf("\n");
            input.cursorPosition = lineEnd < 0 ? input.length : lineEnd;
        }
    }

    /*! Shows the line of another encoding. */
    function setEncoding(next: int) {
        if (encoding === next)
            return;
        encoding = next;
        showLine();
        input.cursorPosition = input.length;
    }

    /*! Has the line that belongs to the encoding. */
    function showLine() {
        const line = encoding === ChatInput.Text ? draft : encoding === ChatInput.Hex ? hexLine : base64Line;
        if (exact.text !== line)
            change(() => exact.text = line);
    }

    function cycleEncoding() {
        setEncoding((encoding + 1) % 3);
    }

    onDraftChanged: showLine()
    onHexLineChanged: showLine()
    onBase64LineChanged: showLine()

    function clear() {
        change(() => input.clear());
    }

    /*! Whether what changes is not the person's doing. */
    property bool isChanging: false

    function change(action: var) {
        isChanging = true;
        action();
        isChanging = false;
    }

    /*! Puts words in place of what is selected, as a whole or not at all. */
    function insert(words: string) {
        const start = input.selectionStart;
        if (!fits(words.length)) {
            overflowed();
            return;
        }
        exact.insert(start, input.selectionEnd, words);
        input.cursorPosition = start + words.length;
    }

    /*! Puts in what is in the clipboard; asks first where it is many lines, or too many. */
    function paste(fromSelection: bool) {
        if (pasted.take(fromSelection))
            usePasted();
    }

    function pasteText(words: string) {
        pasted.set(words);
        if (words.length > 0)
            usePasted();
    }

    function usePasted() {
        if ((isBinary || pasted.lineCount <= 1) && fits(pasted.length))
            insert(pasted.text);
        else
            question.setSource("PasteQuestion.qml", {lineCount: pasted.lineCount, bytes: pasted.bytes,
                                                     fits: fits(pasted.length)});
    }

    function fits(length: int): bool {
        return input.length - (input.selectionEnd - input.selectionStart) + length <= maximumLength;
    }

    /*! What is asked about has been dealt with, or not. */
    function finishPaste(isDone: bool) {
        if (!isDone)
            return;
        question.source = "";
        pasted.clear();
        input.forceActiveFocus();
    }

    function pasteOne(): bool {
        const send = sendText;
        if (!fits(pasted.length))
            return send(pasted.text);
        insert(pasted.text);
        return true;
    }

    function pasteEach(): bool {
        const send = sendLines;
        return send(pasted.lines());
    }

    function accept() {
        if (isBinary) {
            problem = binary.problem.length > 0 ? qsTr("Not sent: %1.").arg(binary.problem) : "";
            if (problem.length === 0 && binary.size > 0)
                binaryAccepted(binary.bytes());
            return;
        }
        problem = check.isSendable() ? ""
            : qsTr("Not sent: there is half a character in it, which UTF-8 cannot hold. Delete it.");
        if (problem.length === 0 && text.length > 0)
            accepted(text);
    }

    /*! Whether something is dragged over the window, elsewhere, and over this. */
    property bool isDragging: false
    readonly property bool isDropTarget: drop.containsDrag

    /*! Why it was not accepted, in a sentence; or empty. */
    property string problem: ""

    implicitWidth: 320
    implicitHeight: notices.y + notices.height

    InputText {
        id: exact

        document: input.textDocument
        mark: Theme.hit
        onTextChanged: {
            root.problem = "";
            if (root.encoding === ChatInput.Hex)
                root.hexLine = text;
            else if (root.encoding === ChatInput.Base64)
                root.base64Line = text;
            else
                root.draft = text;
            if (!root.isChanging)
                root.edited();
        }
    }

    InputCheck {
        id: check

        text: root.isBinary ? "" : exact.text
    }

    BinaryInput {
        id: binary

        text: root.isBinary ? exact.text : ""
        encoding: root.encoding === ChatInput.Base64 ? BinaryInput.Base64 : BinaryInput.Hex
    }

    PastedText {
        id: pasted
    }

    // There only while it asks.
    Loader {
        id: question

        // No type: what is named is loaded with the window.
        readonly property var asking: item

        width: root.width
        height: asking ? asking.implicitHeight + Theme.gap : 0
        onLoaded: asking.focusFirst()
    }

    Connections {
        target: question.asking
        ignoreUnknownSignals: true

        function onOneRequested() {
            root.finishPaste(root.pasteOne());
        }
        function onEachRequested() {
            root.finishPaste(root.pasteEach());
        }
        function onClosed() {
            root.finishPaste(true);
        }
    }

    Rectangle {
        id: field
        objectName: "inputField"

        y: question.height
        width: root.width
        height: scroller.height + 2 * Theme.gap
        radius: Theme.radius
        color: Theme.field
        border.color: input.activeFocus ? Theme.accent : Theme.line
        clip: true

        Text {
            id: prompt

            x: Theme.gap
            y: Theme.gap
            text: ">"
            textFormat: Text.PlainText
            color: Theme.sent
            font: input.font
            Accessible.ignored: true
        }

        Flickable {
            id: scroller

            anchors.left: prompt.right
            anchors.leftMargin: Theme.gap
            anchors.right: sizeBox.left
            anchors.rightMargin: Theme.gap
            y: Theme.gap
            height: Math.min(input.implicitHeight, root.maximumLinesHeight)
            contentWidth: width
            contentHeight: input.implicitHeight
            boundsBehavior: Flickable.StopAtBounds
            interactive: contentHeight > height
            clip: true

            /*! Keeps the cursor in sight. */
            function follow() {
                const cursor = input.cursorRectangle;
                if (cursor.y < contentY)
                    contentY = cursor.y;
                else if (cursor.y + cursor.height > contentY + height)
                    contentY = cursor.y + cursor.height - height;
            }

            onHeightChanged: follow()

            TextEdit {
                id: input
                objectName: "input"

                width: scroller.width
                height: Math.max(implicitHeight, scroller.height)
                focus: true
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
                Accessible.description: root.notice
                Accessible.multiLine: true

                onCursorRectangleChanged: scroller.follow()
                // What a key or an input method puts in, beyond what is looked at below.
                onLengthChanged: {
                    if (length > root.maximumLength) {
                        undo();
                        root.overflowed();
                    }
                }

                Keys.onTabPressed: nextItemInFocusChain(true).forceActiveFocus(Qt.TabFocusReason)
                Keys.onBacktabPressed: nextItemInFocusChain(false).forceActiveFocus(Qt.BacktabFocusReason)
                Keys.onPressed: event => {
                    event.accepted = true;
                    const isPlain = !(event.modifiers & (Qt.ShiftModifier | Qt.ControlModifier | Qt.AltModifier));
                    if (event.key === Qt.Key_Return || event.key === Qt.Key_Enter) {
                        if (event.modifiers & Qt.ShiftModifier)
                            root.insert("\n");
                        else
                            root.accept();
                    } else if (event.matches(StandardKey.Paste)) {
                        root.paste(false);
                    } else if (event.matches(StandardKey.Copy) || event.matches(StandardKey.Cut)) {
                        copyExactly(event.matches(StandardKey.Cut));
                    } else if (event.key === Qt.Key_Up && isPlain && !root.isBinary && cursorRectangle.y <= positionToRectangle(0).y) {
                        root.olderRequested();
                    } else if (event.key === Qt.Key_Down && isPlain && !root.isBinary
                               && cursorRectangle.y >= positionToRectangle(length).y) {
                        root.newerRequested();
                    } else if (event.text >= " " && isPlain && event.key !== Qt.Key_Delete
                               && length >= root.maximumLength && selectionStart === selectionEnd) {
                        root.overflowed();
                    } else {
                        event.accepted = false;
                    }
                }

                // The middle button pastes what is selected anywhere.
                MouseArea {
                    anchors.fill: parent
                    acceptedButtons: Qt.MiddleButton
                    cursorShape: Qt.IBeamCursor
                    onClicked: event => {
                        input.forceActiveFocus();
                        input.cursorPosition = input.positionAt(event.x, event.y);
                        root.paste(true);
                    }
                }

                function copyExactly(isCut: bool) {
                    if (selectionStart === selectionEnd)
                        return;
                    exact.copy(selectionStart, selectionEnd);
                    if (isCut)
                        remove(selectionStart, selectionEnd);
                }
            }

            // Blanks at the end, which have nothing behind them that shows where they end.
            Rectangle {
                // They move with the width, too.
                readonly property rect begin: place(Math.max(0, input.length - check.trailing), input.width)
                readonly property rect end: place(input.length, input.width)

                function place(position: int, width: real): rect {
                    return input.positionToRectangle(position);
                }

                objectName: "trailing"
                visible: check.trailing > 0 && check.trailing <= input.length && begin.y === end.y
                x: begin.x
                y: begin.y
                z: -1
                width: end.x - begin.x
                height: begin.height
                color: Theme.hit
            }
        }

        Item {
            id: sizeBox

            anchors.right: switcher.left
            anchors.rightMargin: Theme.gap
            anchors.bottom: scroller.bottom
            anchors.bottomMargin: (prompt.height - metrics.height) / 2
            width: input.length > 0 ? Math.max(sizeText.implicitWidth, metrics.width) : 0
            height: sizeText.implicitHeight

            Text {
                id: sizeText
                objectName: "size"

                anchors.right: parent.right
                visible: input.length > 0
                text: root.isBinary ? Units.bytes(binary.size)
                    : check.lines > 1 ? qsTr("%L1 lines").arg(check.lines) + "\n" + Units.bytes(check.bytes)
                                      : Units.bytes(check.bytes)
                textFormat: Text.PlainText
                horizontalAlignment: Text.AlignRight
                color: Theme.quiet
                font.pixelSize: Theme.quietSize
                Accessible.role: Accessible.StaticText
                Accessible.name: text
            }
        }

        Controls.AbstractButton {
            id: switcher
            objectName: "encoding"

            readonly property string name: root.encoding === ChatInput.Hex ? qsTr("hex")
                : root.encoding === ChatInput.Base64 ? qsTr("base64") : qsTr("text")

            anchors.right: parent.right
            anchors.bottom: parent.bottom
            width: implicitContentWidth + leftPadding + rightPadding
            height: Math.min(parent.height, prompt.height + 2 * Theme.gap)
            padding: Theme.gap
            Accessible.name: qsTr("Type as %1").arg(name)
            Accessible.description: qsTr("Ctrl+B: text, hexadecimal, Base64")
            Keys.onReturnPressed: clicked()
            Keys.onEnterPressed: clicked()
            onClicked: root.cycleEncoding()

            contentItem: Text {
                text: switcher.name
                textFormat: Text.PlainText
                verticalAlignment: Text.AlignVCenter
                color: root.isBinary ? Theme.status : switcher.hovered ? Theme.text : Theme.quiet
                font.pixelSize: Theme.quietSize
                Accessible.ignored: true
            }
            background: Rectangle {
                radius: Theme.radius
                color: switcher.down || switcher.hovered ? Theme.hover : "transparent"
                border.color: switcher.visualFocus ? Theme.accent : "transparent"
            }
        }

        TextMetrics {
            id: metrics

            // The words are not moved by each digit.
            text: "1023 B"
            font: sizeText.font
        }

        Text {
            id: placeholder

            anchors.fill: scroller
            visible: input.length === 0 && input.preeditText.length === 0
            text: root.encoding === ChatInput.Hex ? qsTr("Bytes in hexadecimal: 48 65 6c")
                : root.encoding === ChatInput.Base64 ? qsTr("Bytes in Base64: SGVs") : root.placeholder
            textFormat: Text.PlainText
            elide: Text.ElideRight
            color: Theme.quiet
            font: input.font
            Accessible.ignored: true
        }
    }

    DropArea {
        id: drop
        objectName: "dropOnInput"

        anchors.fill: field
        enabled: root.enabled
        onDropped: event => {
            if (event.hasUrls)
                root.fileDropped(event.urls[0]);
            else if (event.hasText)
                root.pasteText(event.text);
        }

        Rectangle {
            objectName: "dropToSend"

            anchors.fill: parent
            visible: (drop.containsDrag || root.isDragging) && root.enabled
            radius: Theme.radius
            color: Theme.field
            border.color: drop.containsDrag ? Theme.accent : Theme.line

            Text {
                anchors.centerIn: parent
                text: qsTr("Drop here to send it")
                textFormat: Text.PlainText
                color: drop.containsDrag ? Theme.accent : Theme.quiet
                font.pixelSize: Theme.textSize
            }
        }
    }

    Column {
        id: notices

        anchors.top: field.bottom
        x: Theme.gap
        width: root.width - 2 * Theme.gap
        topPadding: noticeText.visible || remarks.visible ? Theme.gap / 2 : 0

        Notice {
            id: noticeText
            objectName: "notice"

            width: parent.width
            maximumLineCount: root.Window.height < 320 ? 2 : 4
            text: root.problem.length > 0 ? root.problem : root.notice
            color: Theme.error
        }

        Notice {
            id: remarks
            objectName: "remarks"

            width: parent.width
            maximumLineCount: root.Window.height < 320 ? 2 : 4
            text: root.isBinary ? binary.problem
                : check.invisible.length > 0 && check.json.length > 0 ? check.invisible + "\n" + check.json
                                                                      : check.invisible + check.json
            color: Theme.status
        }
    }
}
