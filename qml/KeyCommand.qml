// SPDX-License-Identifier: MIT
import QtQuick

/*!
    A key that does something wherever one is in the window, and what it does in words: F1 lists it.
*/
Shortcut {
    /*! What it does, as the list of keys says it. */
    required property string words

    context: Qt.WindowShortcut
}
