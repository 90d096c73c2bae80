// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    When a lost connection is tried again, or why it is not; not there while there is nothing to say.
*/
Bar {
    id: root

    /*! Whether there will be an attempt, in so many seconds, and which. */
    property bool waiting: false
    property int secondsLeft: 0
    property int attempt: 0
    /*! Why there will be none, in a sentence; or empty. */
    property string reason: ""

    /*! The person does not want to wait, or no attempt at all. */
    signal nowRequested()
    signal stopRequested()

    readonly property string words: waiting
        ? attempt > 1 ? qsTr("Connecting again in %L1 s, attempt %L2.").arg(secondsLeft).arg(attempt)
                      : qsTr("Connecting again in %L1 s.").arg(secondsLeft)
        : reason

    visible: words.length > 0
    implicitHeight: layout.implicitHeight + Theme.gap

    RowLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.gap

        Text {
            objectName: "retryWords"

            Layout.fillWidth: true
            text: root.words
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: root.waiting ? Theme.status : Theme.quiet
            font.pixelSize: Theme.quietSize
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }

        Command {
            objectName: "retryNow"

            visible: root.waiting
            text: qsTr("Now")
            Accessible.description: qsTr("Ctrl+R")
            onClicked: root.nowRequested()
        }

        Command {
            objectName: "retryStop"

            visible: root.waiting
            text: qsTr("Stop")
            onClicked: root.stopRequested()
        }
    }
}
