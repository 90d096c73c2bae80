// SPDX-License-Identifier: MIT
import QtQuick
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
    property alias text: input.exactText
    /*! How high the lines may become before they scroll. */
    property real maximumLinesHeight: 160

    /*! Sends a text that is too long for here, or lines as a message each; whether that was taken. */
    property alias sendText: pasteBar.sendText
    property alias sendLines: pasteBar.sendLines

    /*! How many characters it holds. */
    readonly property alias maximumLength: input.maximumLength

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
        change(() => input.replaceAll(words));
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
        if (text !== line)
            change(() => text = line);
    }

    /*! Keeps what the line has become. */
    function take(line: string) {
        problem = "";
        if (encoding === ChatInput.Hex)
            hexLine = line;
        else if (encoding === ChatInput.Base64)
            base64Line = line;
        else
            draft = line;
        if (!isChanging)
            edited();
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

    InputCheck {
        id: check

        text: root.isBinary ? "" : root.text
    }

    BinaryInput {
        id: binary

        text: root.isBinary ? root.text : ""
        encoding: root.encoding === ChatInput.Base64 ? BinaryInput.Base64 : BinaryInput.Hex
    }

    PasteBar {
        id: pasteBar

        width: root.width
        room: input.room
        hasMessages: !root.isBinary
        onAccepted: text => input.putIn(text)
        onClosed: input.forceActiveFocus()
    }

    Rectangle {
        id: field
        objectName: "inputField"

        y: pasteBar.height
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

            MessageEdit {
                id: input
                objectName: "input"

                width: scroller.width
                height: Math.max(implicitHeight, scroller.height)
                focus: true
                canRecall: !root.isBinary
                trailing: check.trailing
                Accessible.description: root.notice
                onCursorRectangleChanged: scroller.follow()
                onExactTextChanged: root.take(exactText)
                onAccepted: root.accept()
                onPasteRequested: fromSelection => pasteBar.paste(fromSelection)
                onOverflowed: root.overflowed()
                onOlderRequested: root.olderRequested()
                onNewerRequested: root.newerRequested()
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

        EncodingButton {
            id: switcher
            objectName: "encoding"

            anchors.right: parent.right
            anchors.bottom: parent.bottom
            height: Math.min(parent.height, prompt.height + 2 * Theme.gap)
            name: root.encoding === ChatInput.Hex ? qsTr("hex")
                : root.encoding === ChatInput.Base64 ? qsTr("base64") : qsTr("text")
            marked: root.isBinary
            onClicked: root.cycleEncoding()
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

    DropToSend {
        id: drop
        objectName: "dropOnInput"

        anchors.fill: field
        isDragging: root.isDragging
        onFileDropped: file => root.fileDropped(file)
        onTextDropped: text => pasteBar.pasteText(text)
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
