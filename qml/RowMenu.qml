// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    What can be done with the chosen rows.
*/
PopupMenu {
    id: root

    /*! How many rows are chosen. */
    property int rows: 0
    /*! Whether the one that was chosen is a message, and whether it is text. */
    property bool isMessage: false
    property bool isText: false
    /*! Whether there is a connection. */
    property bool canSend: false

    signal openRequested()
    signal copyRequested(int format)
    signal sendRequested()
    signal editRequested()

    component Line: Controls.MenuSeparator {
        implicitWidth: 1
        implicitHeight: 1 + topPadding + bottomPadding
        topPadding: Theme.gap / 2
        bottomPadding: Theme.gap / 2
        contentItem: Rectangle {
            implicitHeight: 1
            color: Theme.line
        }
    }

    width: 340

    MenuEntry {
        objectName: "open"
        text: qsTr("Show all of it")
        keys: qsTr("Enter")
        enabled: root.rows === 1
        onTriggered: root.openRequested()
    }
    MenuEntry {
        objectName: "sendAgain"
        text: qsTr("Send again")
        keys: qsTr("Ctrl+Enter")
        enabled: root.rows === 1 && root.isMessage && root.canSend
        onTriggered: root.sendRequested()
    }
    MenuEntry {
        objectName: "edit"
        text: qsTr("Edit and send")
        keys: qsTr("Ctrl+E")
        enabled: root.rows === 1 && root.isText
        onTriggered: root.editRequested()
    }
    Line {}
    MenuEntry {
        objectName: "copy"
        text: qsTr("Copy")
        keys: qsTr("Ctrl+C")
        onTriggered: root.copyRequested(Transcript.Words)
    }
    MenuEntry {
        objectName: "copyWithTimes"
        text: qsTr("Copy with prefixes and times")
        keys: qsTr("Ctrl+Shift+C")
        onTriggered: root.copyRequested(Transcript.Rows)
    }
    MenuEntry {
        objectName: "copyJson"
        text: qsTr("Copy as JSON Lines")
        onTriggered: root.copyRequested(Transcript.JsonLines)
    }
}
