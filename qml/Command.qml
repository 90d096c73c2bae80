// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    A small button of words. Its text is ours, never a stranger's.
*/
Controls.Button {
    id: root

    /*! Whether it does what cannot be undone. */
    property bool grave: false
    /*! Whether it is of no matter most of the time. */
    property bool quiet: false

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    padding: Theme.gap / 2
    leftPadding: Theme.gap
    rightPadding: Theme.gap
    Accessible.name: text

    // Enter as well as the space bar.
    Keys.onReturnPressed: clicked()
    Keys.onEnterPressed: clicked()

    contentItem: Text {
        text: root.text
        textFormat: Text.PlainText
        horizontalAlignment: Text.AlignHCenter
        elide: Text.ElideMiddle
        color: !root.enabled || root.quiet ? Theme.quiet : root.grave ? Theme.error : Theme.accent
        font.pixelSize: Theme.textSize
    }
    background: Rectangle {
        radius: Theme.radius
        color: root.down || root.hovered ? Theme.hover : root.checked ? Theme.field : "transparent"
        border.color: root.visualFocus || root.checked ? Theme.accent : Theme.line
        border.width: root.visualFocus ? 2 : 1
    }
}
