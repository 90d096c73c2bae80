// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Dialogs
import AwesomeChat

/*!
    The desktop's dialog to choose a file; Qt's own where the desktop has none. Not to be named
    anywhere, but loaded when it is wanted: it brings the controls of QtQuick.Controls along.
*/
Item {
    id: root

    /*! What the file is wanted for. */
    property alias title: dialog.title
    readonly property alias shown: dialog.visible

    /*! A file was chosen; cancelling says nothing. */
    signal chosen(url file)
    /*! It is no longer there, whatever came of it. */
    signal closed()

    function open() {
        // Qt's own dialog takes its colours from the window, which has no other use for them.
        const palette = root.Window.window.palette;
        palette.window = Theme.surface;
        palette.windowText = Theme.text;
        palette.base = Theme.field;
        palette.text = Theme.text;
        palette.button = Theme.field;
        palette.buttonText = Theme.text;
        palette.light = Theme.field;
        palette.mid = Theme.line;
        palette.dark = Theme.quiet;
        palette.highlight = Theme.selection;
        palette.highlightedText = Theme.text;
        dialog.open();
    }

    FileDialog {
        id: dialog
        objectName: "fileDialog"

        fileMode: FileDialog.OpenFile
        onAccepted: {
            root.closed();
            root.chosen(selectedFile);
        }
        onRejected: root.closed()
    }
}
