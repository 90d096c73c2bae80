// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    Whom one talks to, and how it stands, in words, colour and shape; where one says who is next.
*/
Bar {
    id: root

    /*! The server's address, for people. */
    required property string address
    /*! WebSocket.Connecting, WebSocket.Open, … */
    required property int status

    /*! How long the last ping took, in ms; -1: there was none. */
    property real roundTripTime: -1
    /*! Messages and bytes a second, both ways. */
    property int messageRate: 0
    property real byteRate: 0

    /*! Addresses that were connected to, the newest first. */
    property var addresses: []
    /*! What is wrong with what was typed, in a sentence; or empty. */
    property string problem: ""

    /*! What is known of the server's certificate; see WebSocket.trust. */
    property int trust: WebSocket.NoTls
    /*! Whether no connection was made because of it. */
    property bool certificateRefused: false

    /*! The person wants to be connected to what was typed. */
    signal connectRequested(string typed)
    /*! The person wants no connection, or not to wait for one. */
    signal disconnectRequested()
    /*! The person wants to see how connecting went, or no longer. */
    signal stagesRequested()
    /*! One of the addresses is to be forgotten. */
    signal removeRequested(string address)
    /*! The person wants the bundled server. */
    signal serverRequested()
    /*! The person wants to see the certificate. */
    signal certificateRequested()
    /*! The person is through with the address. */
    signal dismissed()
    /*! Something was pasted where the address is. */
    signal pasted(string text)
    /*! The person wants to see how to connect, or to have it as a command; the menu belongs there. */
    signal settingsRequested()
    signal copyRequested(Item button)

    readonly property bool edited: field.text !== address

    function focusField() {
        field.forceActiveFocus();
        field.selectAll();
    }

    /*! Has an address in the field that is not connected to yet. */
    function offer(address: string) {
        field.text = address;
    }

    function connectNow() {
        root.connectRequested(field.text);
    }

    function showAddresses() {
        addressList.open();
    }

    onAddressChanged: field.text = address

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

    readonly property string rateText: messageRate === 0 || width < 400 ? ""
        : width < 640 ? qsTr("%L1/s").arg(messageRate)
                      : (messageRate === 1 ? qsTr("%L1 message/s  %2/s") : qsTr("%L1 messages/s  %2/s")).arg(messageRate).arg(Units.bytes(byteRate))

    /*! How wide the bar has to be for the round trip beside all else. */
    readonly property real pingWidth: 560 + (hasMark ? 140 : 0) + (messageRate > 0 ? 240 : 0)
    readonly property bool hasMark: trust !== WebSocket.NoTls || certificateRefused
    /*! Whether the mark has no room beside the address. */
    readonly property bool markBelow: width < 480 && trust !== WebSocket.Verified

    /*! Whether the window has no height to spare. */
    property bool isLow: Window.height < 320
    /*! Whether the state's word has no room beside its shape, but below it. */
    readonly property bool wordBelow: width < 480 && !isLow
    /*! How high what is below the address is. */
    readonly property real belowHeight: hasMark && markBelow ? Math.max(mark.height, stateWord.height) + Theme.gap / 2
                                      : wordBelow ? stateWord.height : 0

    implicitHeight: layout.implicitHeight + (isLow ? Theme.gap : 2 * Theme.gap) + belowHeight
                    + (problemText.visible ? problemText.height + Theme.gap / 2 : 0)

    Accessible.role: Accessible.StatusBar
    Accessible.name: qsTr("%1: %2").arg(address).arg(stateText)

    RowLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.leftMargin: Theme.margin
        anchors.rightMargin: Theme.margin
        anchors.topMargin: root.isLow ? Theme.gap / 2 : Theme.gap
        spacing: Theme.gap

        Command {
            id: stateButton
            objectName: "state"

            leftPadding: Theme.gap / 2
            rightPadding: Theme.gap / 2
            text: root.stateText
            Accessible.name: qsTr("%1: how connecting went").arg(root.stateText)
            Accessible.description: qsTr("Ctrl+I")
            onClicked: root.stagesRequested()
            contentItem: Text {
                text: root.width < 480 ? root.shape : root.shape + " " + root.stateText
                textFormat: Text.PlainText
                color: root.tone
                font.pixelSize: Theme.textSize
            }
            background: Rectangle {
                radius: Theme.radius
                color: stateButton.down || stateButton.hovered ? Theme.hover : "transparent"
                border.color: stateButton.visualFocus ? Theme.accent : "transparent"
            }
        }

        // Where the mark is, if it is here.
        Item {
            id: markPlace

            visible: root.hasMark && !root.markBelow
            implicitWidth: mark.implicitWidth
            implicitHeight: mark.implicitHeight
        }

        Field {
            id: field
            objectName: "address"

            Layout.fillWidth: true
            Layout.minimumWidth: markPlace.visible && root.width < 480 ? 60 : 100
            maximumLength: 65536 // a command with its headers
            prompt: qsTr("Address, such as ws://localhost:3000")
            text: root.address
            onTextChanged: {
                const grownBy = text.length - lengthBefore;
                lengthBefore = text.length;
                if (grownBy > 1 && activeFocus)
                    root.pasted(text);
            }

            property int lengthBefore: 0

            onAccepted: root.connectNow()
            Keys.onDownPressed: root.showAddresses()
            Keys.onEscapePressed: {
                text = root.address;
                root.dismissed();
            }

            AddressList {
                id: addressList

                y: field.height
                width: Math.max(field.width, Math.min(280, root.width - 2 * Theme.gap))
                addresses: root.addresses
                onChosen: address => {
                    field.text = address;
                    root.connectNow();
                }
                onRemoved: address => root.removeRequested(address)
                onServerRequested: root.serverRequested()
            }
        }

        Command {
            objectName: "addresses"

            text: "▾"
            Accessible.name: qsTr("Earlier addresses, and a local server")
            Accessible.description: qsTr("Down")
            onClicked: root.showAddresses()
        }

        Text {
            objectName: "ping"

            visible: root.roundTripTime >= 0 && root.width >= root.pingWidth
            text: Units.milliseconds(root.roundTripTime)
            textFormat: Text.PlainText
            color: Theme.quiet
            font.pixelSize: Theme.quietSize
            Accessible.role: Accessible.StaticText
            Accessible.name: qsTr("Round trip %1").arg(text)
        }

        Text {
            objectName: "meter"

            visible: root.rateText.length > 0
            text: root.rateText
            textFormat: Text.PlainText
            color: Theme.quiet
            font.pixelSize: Theme.quietSize
            Accessible.role: Accessible.StaticText
            Accessible.name: text
        }

        Command {
            id: copyAs
            objectName: "copyConnection"

            visible: root.width >= 640
            text: qsTr("Copy as…")
            Accessible.name: qsTr("Copy the connection")
            Accessible.description: qsTr("Ctrl+Alt+C")
            onClicked: root.copyRequested(copyAs)
        }

        Command {
            objectName: "settings"

            text: "⚙"
            Accessible.name: qsTr("Settings")
            Accessible.description: qsTr("Ctrl+,")
            onClicked: root.settingsRequested()
        }

        Command {
            id: button
            objectName: "connect"

            enabled: root.status !== WebSocket.Closing || root.edited
            text: root.edited || root.ended ? qsTr("Connect")
                : root.status === WebSocket.Connecting ? qsTr("Cancel") : qsTr("Disconnect")
            Accessible.description: root.ended ? qsTr("Ctrl+R") : ""
            onClicked: {
                if (root.edited || root.ended)
                    root.connectNow();
                else
                    root.disconnectRequested();
            }
        }
    }

    Text {
        id: stateWord
        objectName: "stateWord"

        x: Theme.margin + Theme.gap / 2
        y: layout.y + layout.height + (root.hasMark && root.markBelow ? Theme.gap / 2 + (mark.height - height) / 2 : 0)
        width: Math.min(implicitWidth, root.width - 2 * x)
        visible: root.wordBelow
        text: root.roundTripTime >= 0 ? root.stateText + "  ·  " + Units.milliseconds(root.roundTripTime) : root.stateText
        textFormat: Text.PlainText
        elide: Text.ElideRight
        color: root.tone
        font.pixelSize: Theme.quietSize
        Accessible.ignored: true
    }

    Loader {
        id: mark

        x: !root.markBelow ? layout.x + markPlace.x
            : root.wordBelow ? stateWord.x + stateWord.width + Theme.gap : Theme.margin
        y: root.markBelow ? layout.y + layout.height + Theme.gap / 2 : layout.y + markPlace.y
        source: root.hasMark ? "TrustMark.qml" : ""
    }

    Binding {
        target: mark.item
        property: "trust"
        value: root.trust
    }

    Binding {
        target: mark.item
        property: "narrow"
        value: root.width < 480
    }

    Connections {
        target: mark.item
        ignoreUnknownSignals: true

        function onClicked() {
            root.certificateRequested();
        }
    }

    Notice {
        id: problemText
        objectName: "addressProblem"

        x: Theme.margin
        y: layout.y + layout.height + root.belowHeight + Theme.gap / 2
        width: root.width - 2 * Theme.margin
        text: root.problem
        color: Theme.error
    }
}
