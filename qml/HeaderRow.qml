// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    A header: its name and its value.
*/
RowLayout {
    id: root

    required property int index
    required property string name
    required property string value

    signal nameEdited(string text)
    signal valueEdited(string text)
    signal nextRequested()
    signal removeRequested()

    function focusField() {
        nameField.forceActiveFocus();
        nameField.selectAll();
    }

    Layout.fillWidth: true
    spacing: Theme.gap / 2

    Field {
        id: nameField
        objectName: "headerName"

        Layout.fillWidth: true
        Layout.preferredWidth: 2
        Layout.minimumWidth: 10 * Theme.textSize // "Authorization"
        prompt: qsTr("Name")
        label: qsTr("Name of header %L1").arg(root.index + 1)
        text: root.name
        onTextChanged: root.nameEdited(text)
        onAccepted: valueField.forceActiveFocus()
    }

    Field {
        id: valueField
        objectName: "headerValue"

        Layout.fillWidth: true
        Layout.preferredWidth: 3
        maximumLength: 65536
        prompt: qsTr("Value")
        label: qsTr("Value of header %L1").arg(root.index + 1)
        text: root.value
        onTextChanged: root.valueEdited(text)
        onAccepted: root.nextRequested()
    }

    Command {
        objectName: "headerRemove"

        text: "✕"
        Accessible.name: qsTr("Delete header %L1").arg(root.index + 1)
        onClicked: root.removeRequested()
    }
}
