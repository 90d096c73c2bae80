// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    A bar above the rows, with a line below it.
*/
Rectangle {
    id: root

    color: Theme.surface

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width
        height: 1
        color: Theme.line
    }
}
