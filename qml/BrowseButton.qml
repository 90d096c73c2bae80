// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    Has a file chosen in a dialog, which is loaded no sooner than that.
*/
Command {
    id: root

    /*! What the file is wanted for. */
    property string title: ""
    /*! Why there is no dialog, in a sentence; or empty. */
    property string problem: ""

    /*! A file was chosen: its path, as one would type it. */
    signal chosen(string path)

    function browse() {
        if (picker.status === Loader.Null)
            picker.setSource("FilePicker.qml", {title: root.title});
        problem = picker.status === Loader.Error
            ? qsTr("There is no dialog: Qt’s module QtQuick.Dialogs is missing. A path that is typed will do.") : "";
        if (picker.status === Loader.Ready)
            picker.dialog.open();
    }

    /*! The path of a local file, as one would type it. */
    function pathOf(file: url): string {
        return decodeURIComponent(`${file}`.replace(/^file:\/\//, ""));
    }

    text: qsTr("Browse…")
    onClicked: browse()

    Loader {
        id: picker
        objectName: "filePicker"

        // No type: what is named is loaded with the window.
        readonly property var dialog: item
    }

    Connections {
        target: picker.dialog
        ignoreUnknownSignals: true

        function onChosen(file: url) {
            root.chosen(root.pathOf(file));
        }
        // A dialog takes the keyboard along when it goes.
        function onClosed() {
            root.forceActiveFocus(Qt.TabFocusReason);
        }
    }
}
