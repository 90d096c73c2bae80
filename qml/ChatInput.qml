// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    The line that is being typed. It stays until clear() is called: whoever gets it knows whether it
    could be sent.
*/
FocusScope {
    id: root

    /*! Why the line is still here; empty when there is nothing to say. */
    property string notice: ""
    /*! What is said while there is no line. */
    property string placeholder: qsTr("Type a message and press Enter")
    /*! The line so far. */
    property alias text: input.text

    /*! How many characters a line holds: laying out many more would make every key slow. */
    readonly property int maximumLength: 100000

    /*! Enter was pressed on a line that is not empty. */
    signal accepted(string text)
    /*! The line was changed by typing. */
    signal edited()
    /*! What was typed or pasted would have made the line too long, and was not put in. */
    signal overflowed()

    /*! Puts other words in place of the line; undoing (Ctrl+Z) brings that back. */
    function replace(words: string) {
        input.replaced = input.text;
        input.replacement = words;
        input.text = words;
    }

    function clear() {
        input.clear();
    }

    implicitWidth: 320
    implicitHeight: field.height + (noticeText.visible ? noticeText.height + Theme.gap / 2 : 0)

    Rectangle {
        id: field

        width: root.width
        height: input.implicitHeight + 2 * Theme.gap
        radius: Theme.radius
        color: Theme.field
        border.color: input.activeFocus ? Theme.accent : Theme.line
        clip: true

        Text {
            id: prompt

            x: Theme.gap
            anchors.verticalCenter: parent.verticalCenter
            text: ">"
            textFormat: Text.PlainText
            color: Theme.sent
            font: input.font
            Accessible.ignored: true
        }

        TextInput {
            id: input
            objectName: "input"

            anchors.left: prompt.right
            anchors.leftMargin: Theme.gap
            anchors.right: parent.right
            anchors.rightMargin: Theme.gap
            anchors.verticalCenter: parent.verticalCenter
            focus: true
            clip: true
            // Nothing is cut without a word: see onTextEdited. (The stock limit is 32,767.)
            maximumLength: root.maximumLength + 1
            color: Theme.text
            selectionColor: Theme.selection
            selectedTextColor: Theme.text
            selectByMouse: true
            font.family: Theme.fixedFont
            font.pixelSize: Theme.textSize

            Accessible.role: Accessible.EditableText
            Accessible.name: qsTr("Message")
            Accessible.description: root.notice

            // What is set by a program cannot be undone by itself.
            property string replaced: ""
            property string replacement: ""

            Keys.onPressed: event => {
                event.accepted = event.matches(StandardKey.Undo) && replaced.length > 0
                              && text === replacement;
                if (event.accepted) {
                    text = replaced;
                    replaced = "";
                }
            }

            onAccepted: {
                if (text.length > 0)
                    root.accepted(text);
            }
            onTextEdited: {
                root.edited();
                if (length > root.maximumLength) {
                    undo();
                    root.overflowed();
                }
            }
        }

        Text {
            id: placeholder

            anchors.fill: input
            visible: input.text.length === 0 && input.preeditText.length === 0
            text: root.placeholder
            textFormat: Text.PlainText
            elide: Text.ElideRight
            color: Theme.quiet
            font: input.font
            Accessible.ignored: true
        }
    }

    Notice {
        id: noticeText
        objectName: "notice"

        anchors.top: field.bottom
        anchors.topMargin: Theme.gap / 2
        x: Theme.gap
        width: root.width - 2 * Theme.gap
        text: root.notice
        color: Theme.error
    }
}
