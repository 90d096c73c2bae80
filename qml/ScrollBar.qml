// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    A scroll bar that is there while something scrolls, or while the pointer is on it.
*/
Controls.ScrollBar {
    id: root

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + topPadding + bottomPadding
    padding: 2
    visible: size < 1 && policy !== Controls.ScrollBar.AlwaysOff
    minimumSize: 0.05

    contentItem: Rectangle {
        implicitWidth: 6
        implicitHeight: 6
        radius: 3
        color: root.pressed ? Theme.accent : Theme.quiet
        opacity: root.active || root.policy === Controls.ScrollBar.AlwaysOn ? 0.75 : 0

        Behavior on opacity {
            NumberAnimation {
                duration: 200
            }
        }
    }
}
