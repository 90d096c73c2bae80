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
    /*! What it is for, while it is empty; and its name for a screen reader. */
    required property string prompt

    /*! Enter was pressed. */
    signal accepted()

    function selectAll() {
        input.selectAll();
    }

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
            Accessible.name: root.prompt
            onAccepted: root.accepted()
        }

        Text {
            anchors.fill: input
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
