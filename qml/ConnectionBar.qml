// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Controls as Controls
import QtQuick.Layouts
import AwesomeChat

/*!
    Whom one talks to, and how it stands, in words, colour and shape; with a button to connect again.
*/
Rectangle {
    id: root

    /*! The server's address, for people. */
    required property string address
    /*! WebSocket.Connecting, WebSocket.Open, … */
    required property int status

    /*! Messages and bytes a second, both ways. */
    property int messageRate: 0
    property real byteRate: 0

    /*! The person wants to be connected again. */
    signal reconnectRequested()

    readonly property bool ended: status === WebSocket.Closed || status === WebSocket.Error
    readonly property string stateText: status === WebSocket.Open ? qsTr("open")
                                      : status === WebSocket.Connecting ? qsTr("connecting…")
                                      : status === WebSocket.Closing ? qsTr("closing…")
                                      : status === WebSocket.Closed ? qsTr("closed") : qsTr("failed")
    readonly property string shape: status === WebSocket.Open ? "●"
                                  : status === WebSocket.Error ? "▲"
                                  : ended ? "○" : "◐"
    readonly property color tone: status === WebSocket.Open ? Theme.received
                                : status === WebSocket.Error ? Theme.error
                                : ended ? Theme.quiet : Theme.status

    readonly property string rateText: messageRate === 0 ? ""
        : width < 640 ? qsTr("%L1/s").arg(messageRate)
                      : qsTr("%L1 messages/s  %2/s").arg(messageRate).arg(Units.bytes(byteRate))

    // The button keeps its height when it is not there, so that nothing jumps.
    implicitHeight: Math.max(layout.implicitHeight, button.implicitHeight) + 2 * Theme.gap
    color: Theme.surface

    Accessible.role: Accessible.StatusBar
    Accessible.name: qsTr("%1: %2").arg(address).arg(stateText)

    RowLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.gap

        Text {
            Layout.alignment: Qt.AlignBaseline
            text: root.shape
            textFormat: Text.PlainText
            color: root.tone
            font.pixelSize: Theme.textSize
            Accessible.ignored: true
        }

        Text {
            objectName: "state"

            Layout.alignment: Qt.AlignBaseline
            text: root.stateText
            textFormat: Text.PlainText
            color: root.tone
            font.pixelSize: Theme.textSize
            Accessible.ignored: true
        }

        Text {
            objectName: "address"

            Layout.fillWidth: true
            Layout.alignment: Qt.AlignBaseline
            // In a narrow window the scheme leaves its room to the host.
            text: root.width < 480 ? root.address.replace(/^wss?:\/\//, "") : root.address
            textFormat: Text.PlainText
            elide: Text.ElideMiddle
            color: Theme.text
            font.family: Theme.fixedFont
            font.pixelSize: Theme.textSize
            Accessible.ignored: true
        }

        Text {
            objectName: "meter"

            Layout.alignment: Qt.AlignBaseline
            visible: root.rateText.length > 0
            text: root.rateText
            textFormat: Text.PlainText
            color: Theme.quiet
            font.pixelSize: Theme.quietSize
            Accessible.role: Accessible.StaticText
            Accessible.name: text
        }

        Controls.Button {
            id: button
            objectName: "reconnect"

            visible: root.ended
            padding: Theme.gap / 2
            leftPadding: Theme.margin
            rightPadding: Theme.margin
            text: qsTr("Reconnect")
            Accessible.name: text
            Accessible.description: qsTr("Ctrl+R")
            onClicked: root.reconnectRequested()

            contentItem: Text {
                text: button.text
                textFormat: Text.PlainText
                color: Theme.accent
                font.pixelSize: Theme.textSize
            }
            background: Rectangle {
                radius: Theme.radius
                color: button.down || button.hovered ? Theme.hover : "transparent"
                border.color: button.visualFocus ? Theme.accent : Theme.line
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
