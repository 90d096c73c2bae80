// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    Says what a message is typed as, and is clicked for another way.
*/
Controls.AbstractButton {
    id: root

    /*! The encoding, in a word. */
    required property string name
    /*! Whether that is not the usual one. */
    property bool marked: false

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    padding: Theme.gap
    Accessible.name: qsTr("Type as %1").arg(name)
    Accessible.description: qsTr("Ctrl+B: text, hexadecimal, Base64")
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: Text {
        text: root.name
        textFormat: Text.PlainText
        verticalAlignment: Text.AlignVCenter
        color: root.marked ? Theme.status : root.hovered ? Theme.text : Theme.quiet
        font.pixelSize: Theme.quietSize
        Accessible.ignored: true
    }
    background: Rectangle {
        radius: Theme.radius
        color: root.down || root.hovered ? Theme.hover : "transparent"
        border.color: root.visualFocus ? Theme.accent : "transparent"
    }
}
