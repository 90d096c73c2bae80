// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    Where a file or words are dropped to be sent; says so while something is dragged.
*/
DropArea {
    id: root

    /*! Whether something is dragged over the window, elsewhere. */
    property bool isDragging: false

    signal fileDropped(url file)
    signal textDropped(string text)

    onDropped: event => {
        if (event.hasUrls)
            fileDropped(event.urls[0]);
        else if (event.hasText)
            textDropped(event.text);
    }

    Rectangle {
        objectName: "dropToSend"

        anchors.fill: parent
        visible: (root.containsDrag || root.isDragging) && root.enabled
        radius: Theme.radius
        color: Theme.field
        border.color: root.containsDrag ? Theme.accent : Theme.line

        Text {
            anchors.centerIn: parent
            text: qsTr("Drop here to send it")
            textFormat: Text.PlainText
            color: root.containsDrag ? Theme.accent : Theme.quiet
            font.pixelSize: Theme.textSize
        }
    }
}
