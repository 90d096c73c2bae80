// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    A menu; its entries are MenuEntry.
*/
Controls.Menu {
    id: root

    implicitWidth: 200
    implicitHeight: contentHeight + topPadding + bottomPadding
    margins: 0
    padding: Theme.gap / 2

    contentItem: ListView {
        implicitHeight: contentHeight
        model: root.contentModel
        interactive: root.parent !== null && contentHeight > root.parent.Window.height
        clip: true
        currentIndex: root.currentIndex
    }
    background: Rectangle {
        radius: Theme.radius
        color: Theme.field
        border.color: Theme.line
    }
}
