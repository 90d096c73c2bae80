// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    What is set, and where.
*/
RowLayout {
    id: root

    required property string label
    property alias text: field.text
    property alias prompt: field.prompt
    /*! Whether it is a file, which can be dropped there, or chosen in a dialog. */
    property bool isFile: false

    function focusField() {
        field.forceActiveFocus();
    }

    Layout.fillWidth: true
    spacing: Theme.gap

    Text {
        Layout.preferredWidth: 108
        text: root.label
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: Theme.quiet
        font.pixelSize: Theme.quietSize
        Accessible.ignored: true
    }

    Field {
        id: field

        Layout.fillWidth: true
        label: root.label
        prompt: ""
        onAccepted: nextItemInFocusChain().forceActiveFocus()
        Keys.onDownPressed: event => {
            event.accepted = root.isFile;
            if (root.isFile)
                browseButton.browse();
        }

        DropArea {
            anchors.fill: parent
            enabled: root.isFile
            onDropped: drop => {
                if (drop.hasUrls)
                    field.text = browseButton.pathOf(drop.urls[0]);
            }
        }
    }

    BrowseButton {
        id: browseButton

        visible: root.isFile
        title: root.label
        text: "…"
        Accessible.name: qsTr("Browse for a file: %1").arg(root.label)
        Accessible.description: problem
        onChosen: path => field.text = path
    }
}
