// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    How connecting went, stage by stage, with the time that each took and what came of it; and how
    the connection ended. Escape closes.
*/
Bar {
    id: root

    /*! WebSocket.stages and WebSocket.ending; the latter holds words of a stranger. */
    required property var stages
    required property string ending
    /*! How long the last ping took, in ms; -1: there was none. */
    property real roundTripTime: -1

    /*! The person has seen it. */
    signal closed()

    /*! A stage in words: "TCP 0.1 ms", "upgrade failed after 3.20 s", "TLS…". */
    function wordsOf(stage: var): string {
        const time = Units.milliseconds(stage.milliseconds);
        return stage.state === StageState.Running ? qsTr("%1…").arg(stage.name)
             : stage.state === StageState.Failed ? qsTr("%1 failed after %2").arg(stage.name).arg(time)
             : stage.state === StageState.GivenUp ? qsTr("%1 given up after %2").arg(stage.name).arg(time)
             : qsTr("%1 %2").arg(stage.name).arg(time);
    }

    /*! All of it, as a screen reader says it. */
    readonly property string description: {
        let words = "";
        for (let i = 0; i < stages.length; ++i)
            words += wordsOf(stages[i]) + (i + 1 < stages.length ? ", " : ".");
        return words + (roundTripTime >= 0 ? qsTr(" Ping %1.").arg(Units.milliseconds(roundTripTime)) : "")
            + (ending.length > 0 ? " " + ending : "");
    }

    implicitHeight: layout.implicitHeight + 2 * Theme.gap
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("How connecting went")
    Accessible.description: description
    Keys.onEscapePressed: root.closed()

    RowLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.topMargin: Theme.gap
        anchors.leftMargin: Theme.margin
        anchors.rightMargin: Theme.margin
        spacing: Theme.gap

        ColumnLayout {
            Layout.fillWidth: true
            Layout.alignment: Qt.AlignVCenter
            spacing: Theme.gap / 2

            Flow {
                Layout.fillWidth: true
                visible: root.stages.length > 0
                spacing: Theme.margin

                Repeater {
                    model: root.stages

                    Column {
                        id: stage

                        required property var modelData

                        Text {
                            objectName: "stage"

                            text: root.wordsOf(stage.modelData)
                            textFormat: Text.PlainText
                            color: stage.modelData.state === StageState.Failed ? Theme.error
                                 : stage.modelData.state === StageState.Done ? Theme.text : Theme.status
                            font.pixelSize: Theme.textSize
                        }
                        Text {
                            objectName: "stageDetail"

                            width: Math.min(implicitWidth, root.width - 2 * Theme.margin)
                            visible: text.length > 0
                            text: stage.modelData.detail
                            textFormat: Text.PlainText
                            elide: Text.ElideRight
                            color: Theme.quiet
                            font.pixelSize: Theme.quietSize
                        }
                    }
                }

                Text {
                    objectName: "stagePing"

                    visible: root.roundTripTime >= 0
                    text: qsTr("ping %1").arg(Units.milliseconds(root.roundTripTime))
                    textFormat: Text.PlainText
                    color: Theme.text
                    font.pixelSize: Theme.textSize
                }
            }

            Notice {
                objectName: "ending"

                Layout.fillWidth: true
                text: root.stages.length === 0 && root.ending.length === 0
                      ? qsTr("There has been no connection yet.") : root.ending
            }
        }

        Command {
            id: close
            objectName: "closeStages"

            Layout.alignment: Qt.AlignTop
            focus: true
            text: qsTr("Close")
            onClicked: root.closed()
        }
    }
}
