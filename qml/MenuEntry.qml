// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    What can be chosen in a menu, and the keys that do the same.
*/
Controls.MenuItem {
    id: root

    property string keys: ""

    component Words: Item {
        id: item

        required property string text
        required property string keys

        implicitWidth: words.implicitWidth + 3 * Theme.margin + hint.implicitWidth
        implicitHeight: words.implicitHeight

        Text {
            id: words

            text: item.text
            textFormat: Text.PlainText
            color: item.enabled ? Theme.text : Theme.quiet
            opacity: item.enabled ? 1 : 0.6
            font.pixelSize: Theme.textSize
            Accessible.ignored: true
        }
        Text {
            id: hint

            anchors.right: parent.right
            anchors.baseline: words.baseline
            text: item.keys
            textFormat: Text.PlainText
            color: Theme.quiet
            font.pixelSize: Theme.quietSize
            Accessible.ignored: true
        }
    }

    implicitWidth: implicitContentWidth + leftPadding + rightPadding
    implicitHeight: implicitContentHeight + Theme.gap
    leftPadding: Theme.margin
    rightPadding: Theme.margin
    topPadding: Theme.gap / 2
    bottomPadding: Theme.gap / 2
    Accessible.name: text
    Accessible.description: keys

    contentItem: Words {
        text: root.text
        keys: root.keys
        enabled: root.enabled
    }
    background: Rectangle {
        radius: Theme.radius / 2
        color: root.highlighted ? Theme.hover : "transparent"
    }
}
