// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    Asks for a file by its path. It stays until it is closed: whoever gets the path knows whether the
    file is good for it.
*/
Bar {
    id: root

    property alias path: field.text
    /*! What the file is wanted for, and on the button. */
    property string prompt: ""
    property string action: ""
    /*! Whether it can be chosen in a dialog as well, which takes it at once. */
    property bool browses: false
    /*! How much is done, 0 to 1; less than 0: nothing is being done. */
    property real progress: -1
    /*! What went wrong, in a sentence; and whether only that there is such a file already. */
    property string notice: ""
    property bool exists: false

    /*! The file is to be taken; with replace, in spite of what is there. */
    signal accepted(string path, bool replace)
    signal closed()

    function focusField() {
        field.forceActiveFocus();
        field.selectAll();
    }

    implicitHeight: layout.implicitHeight + 2 * Theme.gap
    Accessible.role: Accessible.Pane
    Accessible.name: prompt
    Keys.onEscapePressed: root.closed()

    onPathChanged: {
        notice = "";
        exists = false;
    }

    GridLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.margin
        anchors.rightMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        columns: root.width < 480 ? 1 : 2
        columnSpacing: Theme.gap
        rowSpacing: Theme.gap / 2

        Field {
            id: field
            objectName: "path"

            Layout.fillWidth: true
            prompt: root.prompt
            onAccepted: {
                if (text.length > 0)
                    root.accepted(text, false);
            }
            Keys.onDownPressed: event => {
                event.accepted = root.browses;
                if (root.browses)
                    browseButton.button.browse();
            }
        }

        RowLayout {
            spacing: Theme.gap / 2

            // Not made before it is looked at: a window is there sooner.
            Loader {
                id: browseButton

                // No type: what is named is loaded with the window.
                readonly property var button: item

                visible: root.browses
                source: root.browses && root.visible ? "BrowseButton.qml" : ""

                Binding {
                    target: browseButton.button
                    property: "title"
                    value: root.prompt
                }

                Connections {
                    target: browseButton.button
                    ignoreUnknownSignals: true

                    function onChosen(path: string) {
                        root.path = path;
                        root.accepted(path, false);
                    }
                }
            }

            Command {
                objectName: "pathAccept"

                visible: !root.exists
                enabled: field.text.length > 0 && root.progress < 0
                text: root.action
                onClicked: root.accepted(field.text, false)
            }

            Command {
                objectName: "pathReplace"

                visible: root.exists
                grave: true
                text: qsTr("Replace it")
                onClicked: root.accepted(field.text, true)
            }

            Command {
                objectName: "pathClose"

                text: qsTr("✕")
                Accessible.name: qsTr("Cancel")
                onClicked: root.closed()
            }
        }

        Notice {
            objectName: "pathNotice"

            Layout.fillWidth: true
            Layout.columnSpan: layout.columns
            text: root.notice.length > 0 ? root.notice : browseButton.button?.problem ?? ""
            color: Theme.error
        }
    }

    Rectangle {
        anchors.bottom: parent.bottom
        width: parent.width * Math.max(0, root.progress)
        height: 2
        visible: root.progress >= 0
        color: Theme.accent
    }
}
