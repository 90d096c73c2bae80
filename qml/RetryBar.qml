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
    /*! Whether a server on this machine would help. */
    property bool offersServer: false

    /*! The person does not want to wait, or no attempt at all. */
    signal nowRequested()
    signal stopRequested()
    /*! The person wants the server that is offered. */
    signal serverRequested()

    /*! Whether there is room for a line only; the server is with the addresses, too. */
    readonly property bool isTight: width < 560 && isLow
    /*! Whether the window has no height to spare. */
    property bool isLow: Window.height < 320

    readonly property string words: waiting
        ? attempt > 1 && !isTight ? qsTr("Connecting again in %L1 s, attempt %L2.").arg(secondsLeft).arg(attempt)
                      : qsTr("Connecting again in %L1 s.").arg(secondsLeft)
        : reason

    visible: words.length > 0 || offersServer
    implicitHeight: layout.implicitHeight + Theme.gap

    // A narrow window has the offer below the rest.
    GridLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        columns: root.width < 560 && !root.isTight ? 3 : 4
        columnSpacing: Theme.gap
        rowSpacing: Theme.gap / 2

        Text {
            objectName: "retryWords"

            Layout.fillWidth: true
            text: root.words
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            maximumLineCount: root.isTight ? 2 : 100
            elide: Text.ElideRight
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

        Command {
            objectName: "startServer"

            Layout.columnSpan: layout.columns === 3 ? 3 : 1
            visible: root.offersServer && !(root.isTight && root.words.length > 0)
            text: qsTr("Start a local echo server")
            Accessible.description: qsTr("Ctrl+Shift+E")
            onClicked: root.serverRequested()
        }
    }
}
