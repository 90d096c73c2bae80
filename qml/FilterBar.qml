// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls as Controls
import QtQuick.Layouts
import AwesomeChat

/*!
    What the transcript is to show: only rows with some text, of one direction, without status. Says
    how much that hides.
*/
Rectangle {
    id: root

    /*! What is looked for. */
    property alias text: field.text
    /*! "all", "sent" or "received". */
    property string direction: "all"
    property bool messagesOnly: false
    /*! How many entries are shown and hidden, and whether more may still be found. */
    property int shownCount: 0
    property int hiddenCount: 0
    property bool searching: false

    /*! The person wants to see everything again. */
    signal closed()

    readonly property string resultText: searching ? qsTr("searching… %L1 so far").arg(shownCount)
        : hiddenCount > 0 ? qsTr("%L1 shown, %L2 hidden").arg(shownCount).arg(hiddenCount)
                          : qsTr("%L1 shown").arg(shownCount)

    function focusField() {
        field.forceActiveFocus();
        field.selectAll();
    }

    implicitHeight: layout.implicitHeight + 2 * Theme.gap
    color: Theme.surface
    Keys.onEscapePressed: root.closed()

    component Choice: Controls.AbstractButton {
        id: choice

        implicitWidth: implicitContentWidth + 2 * Theme.gap
        implicitHeight: implicitContentHeight + Theme.gap
        Accessible.role: Accessible.CheckBox
        Accessible.name: text
        Accessible.checked: checked
        contentItem: Text {
            text: choice.text
            textFormat: Text.PlainText
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
            color: choice.checked ? Theme.accent : Theme.quiet
            font.pixelSize: Theme.quietSize
        }
        background: Rectangle {
            radius: Theme.radius
            color: choice.hovered ? Theme.hover : "transparent"
            border.color: choice.visualFocus || choice.checked ? Theme.accent : Theme.line
        }
    }

    GridLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        columns: root.width < 560 ? 1 : 2
        columnSpacing: Theme.gap
        rowSpacing: Theme.gap / 2

        Rectangle {
            Layout.fillWidth: true
            implicitHeight: field.implicitHeight + Theme.gap
            radius: Theme.radius
            color: Theme.field
            border.color: field.activeFocus ? Theme.accent : Theme.line

            TextInput {
                id: field
                objectName: "filterText"

                anchors.left: parent.left
                anchors.right: result.left
                anchors.margins: Theme.gap
                anchors.verticalCenter: parent.verticalCenter
                clip: true
                maximumLength: 1000
                color: Theme.text
                selectionColor: Theme.selection
                selectedTextColor: Theme.text
                selectByMouse: true
                font.family: Theme.fixedFont
                font.pixelSize: Theme.quietSize
                Accessible.role: Accessible.EditableText
                Accessible.name: qsTr("Show rows that contain")
            }

            Text {
                anchors.fill: field
                visible: field.text.length === 0 && field.preeditText.length === 0
                text: qsTr("Show rows that contain…")
                textFormat: Text.PlainText
                elide: Text.ElideRight
                color: Theme.quiet
                font: field.font
                Accessible.ignored: true
            }

            Text {
                id: result
                objectName: "filterResult"

                anchors.right: parent.right
                anchors.rightMargin: Theme.gap
                anchors.verticalCenter: parent.verticalCenter
                text: root.resultText
                textFormat: Text.PlainText
                color: Theme.quiet
                font.pixelSize: Theme.quietSize
                Accessible.role: Accessible.StaticText
                Accessible.name: text
            }
        }

        RowLayout {
            spacing: Theme.gap / 2

            Choice {
                objectName: "sentOnly"
                text: qsTr("sent")
                checked: root.direction === "sent"
                onClicked: root.direction = checked ? "all" : "sent"
            }
            Choice {
                objectName: "receivedOnly"
                text: qsTr("received")
                checked: root.direction === "received"
                onClicked: root.direction = checked ? "all" : "received"
            }
            Choice {
                objectName: "messagesOnly"
                text: qsTr("no status")
                checked: root.messagesOnly
                onClicked: root.messagesOnly = !root.messagesOnly
            }
            Choice {
                objectName: "closeFilter"
                text: qsTr("✕")
                Accessible.name: qsTr("Show everything")
                onClicked: root.closed()
            }
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.line
    }
}
