// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    What the fields below it are about.
*/
Text {
    Layout.fillWidth: true
    Layout.topMargin: Theme.margin
    textFormat: Text.PlainText
    color: Theme.text
    font.pixelSize: Theme.quietSize
    font.bold: true
    Accessible.role: Accessible.Heading
    Accessible.name: text
}
