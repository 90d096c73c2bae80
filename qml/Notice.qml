// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    A sentence for the person, in small letters; not there while it is empty.
*/
Text {
    id: root

    visible: text.length > 0
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
    maximumLineCount: 4
    elide: Text.ElideRight
    color: Theme.quiet
    font.pixelSize: Theme.quietSize

    Accessible.role: Accessible.AlertMessage
    Accessible.name: text
}
