// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    The message of a row, with what is looked for marked in it.
*/
TextEdit {
    id: root
    objectName: "marked"

    /*! The row. */
    required property Label label

    HitHighlighter {
        document: root.textDocument
        needle: root.label.needle
        color: Theme.hit
    }

    text: label.text
    textFormat: TextEdit.PlainText
    wrapMode: TextEdit.Wrap
    readOnly: true
    enabled: false
    color: label.isMessage ? Theme.text : label.tone
    font.family: Theme.fixedFont
    font.pixelSize: Theme.textSize
    Accessible.ignored: true
}
