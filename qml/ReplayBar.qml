// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import QtQuick.Layouts
import AwesomeChat

/*!
    Replays what is read: with which server, at which pace, how far it is, and how it ended.
*/
Bar {
    id: root

    /*! The server's address, as the person wants it. */
    property alias address: field.text
    /*! Replay.AtOnce, Replay.Original or Replay.Steps. */
    property int pace: Replay.AtOnce
    property bool running: false
    /*! Whether a message waits for the next step. */
    property bool canStep: false
    property int doneCount: 0
    property int messageCount: 0
    /*! How the last one ended, and that in a sentence. */
    property int outcome: Replay.None
    property string summary: ""

    signal startRequested()
    signal stopRequested()
    signal stepRequested()
    signal closed()

    function focusField() {
        start.forceActiveFocus();
    }

    implicitHeight: layout.implicitHeight + 2 * Theme.gap
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Replay")
    Keys.onEscapePressed: root.closed()

    onCanStepChanged: {
        if (canStep)
            next.forceActiveFocus();
    }

    component Choice: Controls.AbstractButton {
        id: choice

        required property int kind

        implicitWidth: implicitContentWidth + 2 * Theme.gap
        implicitHeight: implicitContentHeight + Theme.gap
        checked: root.pace === kind
        Accessible.role: Accessible.RadioButton
        Accessible.name: text
        Accessible.checked: checked
        onClicked: root.pace = kind

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
            border.width: choice.visualFocus ? 2 : 1
        }
    }

    ColumnLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.margin
        anchors.rightMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.gap

        GridLayout {
            Layout.fillWidth: true
            columns: root.width < 720 ? 1 : 2
            columnSpacing: Theme.gap
            rowSpacing: Theme.gap

            RowLayout {
                Layout.fillWidth: true
                spacing: Theme.gap

                Text {
                    text: qsTr("Replay to")
                    textFormat: Text.PlainText
                    color: Theme.quiet
                    font.pixelSize: Theme.textSize
                    Accessible.ignored: true
                }

                Field {
                    id: field
                    objectName: "replayAddress"

                    Layout.fillWidth: true
                    enabled: !root.running
                    prompt: qsTr("The server's address")
                    onAccepted: root.startRequested()
                }
            }

            RowLayout {
                spacing: Theme.gap / 2

                Choice {
                    objectName: "paceAtOnce"
                    kind: Replay.AtOnce
                    text: qsTr("at once")
                }
                Choice {
                    objectName: "paceOriginal"
                    kind: Replay.Original
                    text: qsTr("as then")
                    Accessible.description: qsTr("With the pauses that there were")
                }
                Choice {
                    objectName: "paceSteps"
                    kind: Replay.Steps
                    text: qsTr("by steps")
                }
            }
        }

        RowLayout {
            Layout.fillWidth: true
            spacing: Theme.gap / 2

            Command {
                id: start
                objectName: "replayStart"

                text: root.running ? qsTr("Stop") : qsTr("Start")
                onClicked: {
                    if (root.running)
                        root.stopRequested();
                    else
                        root.startRequested();
                }
            }

            Command {
                id: next
                objectName: "replayNext"

                visible: root.pace === Replay.Steps
                enabled: root.canStep
                text: qsTr("Next")
                Accessible.description: qsTr("F10")
                onClicked: root.stepRequested()
            }

            Rectangle {
                Layout.fillWidth: true
                implicitHeight: 6
                radius: 3
                color: Theme.line
                Accessible.role: Accessible.ProgressBar
                Accessible.name: progressText.text

                Rectangle {
                    width: root.messageCount > 0 ? parent.width * root.doneCount / root.messageCount : 0
                    height: parent.height
                    radius: 3
                    color: root.outcome === Replay.None || root.running ? Theme.accent
                         : root.outcome === Replay.Equal ? Theme.received : Theme.error
                }
            }

            Text {
                id: progressText
                objectName: "replayProgress"

                text: qsTr("%L1 of %L2").arg(root.doneCount).arg(root.messageCount)
                textFormat: Text.PlainText
                color: Theme.quiet
                font.pixelSize: Theme.quietSize
                Accessible.ignored: true
            }

            Command {
                objectName: "replayClose"

                text: qsTr("✕")
                Accessible.name: qsTr("Close the replay")
                onClicked: root.closed()
            }
        }

        Notice {
            objectName: "replaySummary"

            Layout.fillWidth: true
            text: root.running ? "" : root.summary
            color: root.outcome === Replay.Equal ? Theme.received : Theme.error
        }
    }
}
