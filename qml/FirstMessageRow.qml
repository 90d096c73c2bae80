// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    A message, of one line or more: Enter goes on to the next one, Shift+Enter breaks the line.
*/
RowLayout {
    id: root

    required property int index
    required property string value

    signal valueEdited(string text)
    signal nextRequested()
    signal removeRequested()

    function focusField() {
        words.forceActiveFocus();
    }

    Layout.fillWidth: true
    spacing: Theme.gap / 2

    Rectangle {
        Layout.fillWidth: true
        implicitHeight: words.implicitHeight + Theme.gap
        radius: Theme.radius
        color: Theme.field
        border.color: words.activeFocus ? Theme.accent : Theme.line

        TextEdit {
            id: words
            objectName: "firstMessage"

            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: Theme.gap
            anchors.verticalCenter: parent.verticalCenter
            activeFocusOnTab: true
            clip: true
            textFormat: TextEdit.PlainText
            wrapMode: TextEdit.Wrap
            color: Theme.text
            selectionColor: Theme.selection
            selectedTextColor: Theme.text
            selectByMouse: true
            font.family: Theme.fixedFont
            font.pixelSize: Theme.textSize
            text: root.value
            Accessible.role: Accessible.EditableText
            Accessible.multiLine: true
            Accessible.name: qsTr("First message %L1").arg(root.index + 1)
            onTextChanged: root.valueEdited(text)
            Keys.onTabPressed: nextItemInFocusChain().forceActiveFocus()
            Keys.onBacktabPressed: nextItemInFocusChain(false).forceActiveFocus()
            Keys.onReturnPressed: event => enter(event)
            Keys.onEnterPressed: event => enter(event)

            function enter(event: KeyEvent) {
                event.accepted = !(event.modifiers & Qt.ShiftModifier);
                if (event.accepted)
                    root.nextRequested();
            }
        }
    }

    Command {
        objectName: "messageRemove"

        Layout.alignment: Qt.AlignTop
        text: "✕"
        Accessible.name: qsTr("Delete first message %L1").arg(root.index + 1)
        onClicked: root.removeRequested()
    }
}
