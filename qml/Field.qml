// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    A line to type in, with a frame.
*/
FocusScope {
    id: root

    property alias text: input.text
    property alias maximumLength: input.maximumLength
    /*! What it is for, while it is empty. */
    required property string prompt
    /*! Its name for a screen reader. */
    property string label: prompt

    /*! Enter was pressed. */
    signal accepted()
    /*! Delete was pressed while there is nothing to delete. */
    signal deletePressed()

    function selectAll() {
        input.selectAll();
    }

    // The line leaves it to others, too.
    Keys.onReturnPressed: event => event.accepted = true
    Keys.onEnterPressed: event => event.accepted = true

    implicitWidth: 200
    implicitHeight: input.implicitHeight + Theme.gap

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: Theme.field
        border.color: input.activeFocus ? Theme.accent : Theme.line

        TextInput {
            id: input
            objectName: "fieldInput"

            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: Theme.gap
            anchors.verticalCenter: parent.verticalCenter
            focus: true
            activeFocusOnTab: true
            clip: true
            maximumLength: 4096
            color: Theme.text
            selectionColor: Theme.selection
            selectedTextColor: Theme.text
            selectByMouse: true
            font.family: Theme.fixedFont
            font.pixelSize: Theme.textSize
            Accessible.role: Accessible.EditableText
            Accessible.name: root.label
            onAccepted: root.accepted()
            // What is put there is read from its beginning.
            onTextChanged: {
                if (!activeFocus)
                    cursorPosition = 0;
            }
            Keys.onDeletePressed: event => {
                event.accepted = length === 0;
                if (event.accepted)
                    root.deletePressed();
            }
        }

        Text {
            anchors.fill: input
            verticalAlignment: Text.AlignVCenter
            visible: input.text.length === 0 && input.preeditText.length === 0
            text: root.prompt
            textFormat: Text.PlainText
            elide: Text.ElideRight
            color: Theme.quiet
            font.pixelSize: Theme.textSize
            Accessible.ignored: true
        }
    }
}
