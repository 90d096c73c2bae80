// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    What dropping does here, said above everything while something is dragged.
*/
Rectangle {
    id: root

    required property string words
    /*! Whether it would be dropped here, and not elsewhere. */
    property bool active: false

    width: Math.min(parent.width - 2 * Theme.margin, text.implicitWidth + 4 * Theme.gap)
    height: text.implicitHeight + 2 * Theme.gap
    radius: Theme.radius
    color: Theme.field
    border.color: active ? Theme.accent : Theme.line

    Text {
        id: text

        anchors.fill: parent
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        text: root.words
        textFormat: Text.PlainText
        elide: Text.ElideRight
        color: root.active ? Theme.accent : Theme.quiet
        font.pixelSize: Theme.textSize
    }
}
