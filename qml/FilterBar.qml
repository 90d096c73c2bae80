// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import QtQuick.Layouts
import AwesomeChat

/*!
    What is looked for in the transcript: some text, of one direction, without status, binary. It
    says how much of it there is, goes from hit to hit, and tells whether all else is hidden.
*/
Bar {
    id: root

    /*! What is looked for. */
    property alias text: field.text
    /*! "all", "sent" or "received". */
    property string direction: "all"
    property bool messagesOnly: false
    property bool binaryOnly: false
    /*! Whether what is no hit is hidden. */
    property bool hidesOthers: true
    /*! Whether anything is looked for, and more may still be found. */
    property bool active: false
    property bool searching: false
    /*! How many entries and hits there are, and which of them is chosen, 1 being the newest; 0:
        none. */
    property int entryCount: 0
    property int hitCount: 0
    property int current: 0

    /*! The person wants to see the next hit towards the oldest one, or the newest. */
    signal olderRequested()
    signal newerRequested()
    /*! The person wants to see everything again. */
    signal closed()

    readonly property bool narrow: width < 860
    readonly property int hiddenCount: hidesOthers ? Math.max(0, entryCount - hitCount) : 0
    readonly property string countText: current > 0 ? qsTr("%L1 of %L2").arg(current).arg(hitCount)
                                                    : qsTr("%L1 found").arg(hitCount)
    readonly property string resultText: !active ? ""
        : searching ? qsTr("searching… %1").arg(countText)
        : hiddenCount > 0 && width >= 480 ? qsTr("%1, %L2 hidden").arg(countText).arg(hiddenCount) : countText

    function focusField() {
        field.forceActiveFocus();
        field.selectAll();
    }

    function enter(modifiers: int) {
        if (modifiers & Qt.ShiftModifier)
            root.newerRequested();
        else
            root.olderRequested();
    }

    implicitHeight: layout.implicitHeight + 2 * Theme.gap
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
            color: choice.checked ? Theme.accent : choice.enabled ? Theme.text : Theme.quiet
            opacity: choice.enabled ? 1 : 0.6
            font.pixelSize: Theme.quietSize
        }
        background: Rectangle {
            radius: Theme.radius
            color: choice.hovered ? Theme.hover : "transparent"
            border.color: choice.visualFocus || choice.checked ? Theme.accent : Theme.line
            border.width: choice.visualFocus ? 2 : 1
        }
    }

    GridLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        columns: root.narrow ? 1 : 2
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

                activeFocusOnTab: true

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
                Accessible.name: qsTr("Find")
                Accessible.description: root.resultText
                Keys.onReturnPressed: event => root.enter(event.modifiers)
                Keys.onEnterPressed: event => root.enter(event.modifiers)
            }

            Text {
                anchors.fill: field
                visible: field.text.length === 0 && field.preeditText.length === 0
                text: qsTr("Find…")
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

        ButtonRow {
            id: choices

            Layout.fillWidth: root.narrow
            Layout.preferredWidth: root.narrow ? -1 : oneLine

            Choice {
                objectName: "older"
                text: "↑"
                enabled: root.hitCount > 0
                Accessible.role: Accessible.Button
                Accessible.name: qsTr("Next older")
                onClicked: root.olderRequested()
            }
            Choice {
                objectName: "newer"
                text: "↓"
                enabled: root.hitCount > 0
                Accessible.role: Accessible.Button
                Accessible.name: qsTr("Next newer")
                onClicked: root.newerRequested()
            }
            Choice {
                objectName: "hidesOthers"
                text: qsTr("hide the rest")
                checked: root.hidesOthers
                onClicked: root.hidesOthers = !root.hidesOthers
            }
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
                objectName: "binaryOnly"
                text: qsTr("binary")
                checked: root.binaryOnly
                onClicked: root.binaryOnly = !root.binaryOnly
            }
            Choice {
                objectName: "closeFilter"
                text: "✕"
                Accessible.role: Accessible.Button
                Accessible.name: qsTr("Show everything")
                onClicked: root.closed()
            }
        }
    }
}
