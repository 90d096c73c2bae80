// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls as Controls
import AwesomeChat

/*!
    What can be done with the chosen rows.
*/
Controls.Menu {
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

    component EntryWords: Item {
        id: entryWords

        required property string text
        required property string keys

        implicitWidth: words.implicitWidth + 3 * Theme.margin + hint.implicitWidth
        implicitHeight: words.implicitHeight

        Text {
            id: words

            text: entryWords.text
            textFormat: Text.PlainText
            color: entryWords.enabled ? Theme.text : Theme.quiet
            opacity: entryWords.enabled ? 1 : 0.6
            font.pixelSize: Theme.textSize
            Accessible.ignored: true
        }
        Text {
            id: hint

            anchors.right: parent.right
            anchors.baseline: words.baseline
            text: entryWords.keys
            textFormat: Text.PlainText
            color: Theme.quiet
            font.pixelSize: Theme.quietSize
            Accessible.ignored: true
        }
    }

    component Entry: Controls.MenuItem {
        id: entry

        /*! The keys that do the same. */
        property string keys: ""

        implicitHeight: implicitContentHeight + Theme.gap
        leftPadding: Theme.margin
        rightPadding: Theme.margin
        topPadding: Theme.gap / 2
        bottomPadding: Theme.gap / 2
        Accessible.name: text
        Accessible.description: keys

        contentItem: EntryWords {
            text: entry.text
            keys: entry.keys
            enabled: entry.enabled
        }
        background: Rectangle {
            radius: Theme.radius / 2
            color: entry.highlighted ? Theme.hover : "transparent"
        }
    }

    component Line: Controls.MenuSeparator {
        topPadding: Theme.gap / 2
        bottomPadding: Theme.gap / 2
        contentItem: Rectangle {
            implicitHeight: 1
            color: Theme.line
        }
    }

    padding: Theme.gap / 2
    width: 340
    background: Rectangle {
        radius: Theme.radius
        color: Theme.field
        border.color: Theme.line
    }

    Entry {
        objectName: "open"
        text: qsTr("Show all of it")
        keys: qsTr("Enter")
        enabled: root.rows === 1
        onTriggered: root.openRequested()
    }
    Entry {
        objectName: "sendAgain"
        text: qsTr("Send again")
        keys: qsTr("Ctrl+Enter")
        enabled: root.rows === 1 && root.isMessage && root.canSend
        onTriggered: root.sendRequested()
    }
    Entry {
        objectName: "edit"
        text: qsTr("Edit and send")
        keys: qsTr("Ctrl+E")
        enabled: root.rows === 1 && root.isText
        onTriggered: root.editRequested()
    }
    Line {}
    Entry {
        objectName: "copy"
        text: qsTr("Copy")
        keys: qsTr("Ctrl+C")
        onTriggered: root.copyRequested(Transcript.Words)
    }
    Entry {
        objectName: "copyWithTimes"
        text: qsTr("Copy with prefixes and times")
        keys: qsTr("Ctrl+Shift+C")
        onTriggered: root.copyRequested(Transcript.Rows)
    }
    Entry {
        objectName: "copyJson"
        text: qsTr("Copy as JSON Lines")
        onTriggered: root.copyRequested(Transcript.JsonLines)
    }
}
