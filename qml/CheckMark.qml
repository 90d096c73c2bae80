// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    What is so or not, with a mark before its words.
*/
Controls.CheckBox {
    id: root

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    padding: Theme.gap / 2
    leftPadding: 0
    spacing: Theme.gap
    Accessible.name: text

    indicator: Rectangle {
        y: (root.height - height) / 2
        implicitWidth: 16
        implicitHeight: 16
        radius: 4
        color: root.checked ? Theme.accent : Theme.field
        border.color: root.visualFocus || root.checked ? Theme.accent : Theme.quiet

        Text {
            anchors.centerIn: parent
            visible: root.checked
            text: "✓"
            textFormat: Text.PlainText
            color: Theme.field
            font.pixelSize: 12
            font.bold: true
            Accessible.ignored: true
        }

        Rectangle {
            anchors.fill: parent
            anchors.margins: -3
            visible: root.visualFocus
            radius: 6
            color: "transparent"
            border.color: Theme.accent
        }
    }
    contentItem: Text {
        leftPadding: 16 + root.spacing
        text: root.text
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        verticalAlignment: Text.AlignVCenter
        color: Theme.text
        font.pixelSize: Theme.quietSize
    }
}
