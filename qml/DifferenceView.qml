// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    The answer that was expected and the one that came, beside each other where there is room; where
    both are JSON of the same shape, the second one with what differs.
*/
FocusScope {
    id: root

    property bool hasExpected: false
    property alias expected: left.payload
    property alias expectedIsBinary: left.isBinary
    property bool hasReceived: false
    property alias received: right.payload
    property alias receivedIsBinary: right.isBinary
    /*! Which answer it was, in words. */
    property string place: ""

    implicitWidth: 640
    implicitHeight: 300
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("The difference")

    component Side: ColumnLayout {
        id: side

        required property string title
        required property color tone
        required property bool isThere
        property alias payload: view.payload
        property alias isBinary: view.isBinary
        property alias previous: view.previous
        property alias comparing: view.comparing

        spacing: 0
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.preferredWidth: 1
        Layout.preferredHeight: 1

        Text {
            objectName: "sideTitle"

            Layout.fillWidth: true
            Layout.margins: Theme.gap
            Layout.leftMargin: Theme.margin
            text: side.title
            textFormat: Text.PlainText
            elide: Text.ElideRight
            color: side.tone
            font.pixelSize: Theme.textSize
            font.bold: true
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }

        PayloadView {
            id: view

            Layout.fillWidth: true
            Layout.fillHeight: true
            visible: side.isThere
            exportable: false
        }

        Text {
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.leftMargin: Theme.margin
            visible: !side.isThere
            text: qsTr("nothing")
            textFormat: Text.PlainText
            color: Theme.quiet
            font.pixelSize: Theme.textSize
            font.italic: true
        }
    }

    GridLayout {
        anchors.fill: parent
        columns: root.width < 640 ? 1 : 3
        columnSpacing: 0
        rowSpacing: 0

        Side {
            id: left
            objectName: "expected"

            title: root.place.length > 0 ? qsTr("Expected (%1)").arg(root.place) : qsTr("Expected")
            tone: Theme.received
            isThere: root.hasExpected
        }

        Rectangle {
            Layout.fillWidth: root.width < 640
            Layout.fillHeight: root.width >= 640
            implicitWidth: 1
            implicitHeight: 1
            color: Theme.line
        }

        Side {
            id: right
            objectName: "received"

            title: qsTr("Received")
            tone: Theme.error
            isThere: root.hasReceived
            previous: root.hasExpected ? root.expected : ""
            comparing: root.hasExpected
        }
    }
}
