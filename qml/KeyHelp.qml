// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    The keys and what they do: those that work everywhere, which are given, and those of each part
    of the window. Escape closes.
*/
FocusScope {
    id: root

    /*! Each with sequences and words, as KeyCommand has them. */
    required property var commands

    signal closed()

    /*! Where they work, which keys, and what they do. */
    readonly property var hints: [
        {place: qsTr("Everywhere"), keys: "Escape", words: qsTr("closes what was opened last; from a conversation that is read, back to the one that goes on")},
        {place: qsTr("In the line"), keys: "Enter", words: qsTr("sends; without a connection it waits, to be changed or deleted, and goes out once there is one")},
        {place: qsTr("In the line"), keys: "Shift+Enter", words: qsTr("breaks the line")},
        {place: qsTr("In the line"), keys: "Up, Down", words: qsTr("from its first and last line: to what was sent before, and back; what was changed stays until one sends")},
        {place: qsTr("In the rows"), keys: "Tab", words: qsTr("to the rows, and on to the next part; with Shift back")},
        {place: qsTr("In the rows"), keys: "Up, Down", words: qsTr("along the rows; with Shift, or by dragging, several are chosen")},
        {place: qsTr("In the rows"), keys: "Ctrl+A", words: qsTr("chooses all")},
        {place: qsTr("In the rows"), keys: "Enter, Space", words: qsTr("shows the whole message, as a double click does; Escape closes it")},
        {place: qsTr("In the rows"), keys: "Ctrl+C", words: qsTr("copies the messages of the chosen rows")},
        {place: qsTr("In the rows"), keys: "Ctrl+Shift+C", words: qsTr("copies the rows with prefixes and times")},
        {place: qsTr("In the rows"), keys: "Ctrl+Enter", words: qsTr("sends the message again")},
        {place: qsTr("In the rows"), keys: "Ctrl+E", words: qsTr("puts the message into the line, to be changed first")},
        {place: qsTr("In the rows"), keys: "Menu, Shift+F10", words: qsTr("all that can be done with them, as the right button does")},
        {place: qsTr("While finding"), keys: "Enter, Shift+Enter", words: qsTr("to the next hit, back to the one before")},
        {place: qsTr("In a path"), keys: "Down", words: qsTr("to the dialog to choose the file in, as “Browse…” does")},
        {place: qsTr("In the settings"), keys: "Ctrl+Enter", words: qsTr("saves them, and connects like that")},
        {place: qsTr("In the settings"), keys: "Enter, Shift+Enter", words: qsTr("on to the next field or a further row; breaks the line of a first message")},
        {place: qsTr("Among the conversations"), keys: "Up, Down, Enter", words: qsTr("chooses one, and opens it to read; what is typed finds some")},
        {place: qsTr("Among the conversations"), keys: "F2, Delete", words: qsTr("renames it; deletes it, after a question")}
    ]

    /*! All of them, each place's in one piece. */
    readonly property var rows: {
        const everywhere = [];
        for (let i = 0; i < commands.length; ++i)
            everywhere.push({place: qsTr("Everywhere"), keys: keysOf(commands[i].sequences), words: commands[i].words});
        return everywhere.concat(hints);
    }

    /*! As they are on the keys. */
    function keysOf(sequences: var): string {
        let keys = "";
        for (let i = 0; i < sequences.length; ++i)
            keys += (i > 0 ? ", " : "") + sequences[i];
        return keys.replace("Pg", "Page ");
    }

    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Keys")
    Keys.onEscapePressed: root.closed()

    Rectangle {
        anchors.fill: parent
        color: Theme.background
    }

    Bar {
        id: header

        width: parent.width
        implicitHeight: title.implicitHeight + 2 * Theme.margin

        Text {
            id: title

            anchors.left: parent.left
            anchors.leftMargin: Theme.margin
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("Keys")
            textFormat: Text.PlainText
            color: Theme.text
            font.pixelSize: Theme.textSize
            font.bold: true
            Accessible.role: Accessible.Heading
            Accessible.name: text
        }

        Command {
            objectName: "closeKeys"

            anchors.right: parent.right
            anchors.rightMargin: Theme.margin
            anchors.verticalCenter: parent.verticalCenter
            text: qsTr("Close")
            Accessible.description: qsTr("Escape")
            onClicked: root.closed()
        }
    }

    ListView {
        id: list
        objectName: "keyList"

        anchors.top: header.bottom
        anchors.bottom: parent.bottom
        anchors.horizontalCenter: parent.horizontalCenter
        width: Math.min(parent.width, 800)
        clip: true
        focus: true
        activeFocusOnTab: true
        boundsBehavior: Flickable.StopAtBounds
        model: root.rows
        bottomMargin: Theme.margin
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Keys")

        // Up and Down scroll: there is nothing to choose.
        keyNavigationEnabled: false
        Keys.onUpPressed: scrollBy(-3 * Theme.textSize)
        Keys.onDownPressed: scrollBy(3 * Theme.textSize)
        Keys.onPressed: event => {
            const page = height - 2 * Theme.textSize;
            event.accepted = true;
            if (event.key === Qt.Key_PageUp)
                scrollBy(-page);
            else if (event.key === Qt.Key_PageDown)
                scrollBy(page);
            else if (event.key === Qt.Key_Home)
                positionViewAtBeginning();
            else if (event.key === Qt.Key_End)
                positionViewAtEnd();
            else
                event.accepted = false;
        }

        function scrollBy(distance: real) {
            const lowest = Math.max(originY, originY + contentHeight + bottomMargin - height);
            contentY = Math.max(originY, Math.min(lowest, contentY + distance));
        }

        Controls.ScrollBar.vertical: ScrollBar {}

        delegate: Item {
            id: row

            required property var modelData
            required property int index

            readonly property bool narrow: width < 480
            readonly property bool isFirst: index === 0 || root.rows[index - 1].place !== modelData.place

            width: ListView.view.width
            implicitHeight: Math.max(keys.y + keys.height, words.y + words.height) + Theme.gap / 4
            Accessible.role: Accessible.ListItem
            Accessible.name: modelData.keys + ": " + modelData.words
            Accessible.description: modelData.place

            Text {
                id: place

                x: Theme.margin
                y: Theme.margin
                height: row.isFirst ? implicitHeight + Theme.gap / 2 : 0
                visible: row.isFirst
                font.bold: true
                text: row.modelData.place
                textFormat: Text.PlainText
                color: Theme.quiet
                font.pixelSize: Theme.quietSize
                Accessible.ignored: true
            }

            Text {
                id: keys

                x: Theme.margin
                y: row.isFirst ? place.y + place.height : Theme.gap / 2
                width: row.narrow ? row.width - 2 * Theme.margin : 210
                text: row.modelData.keys
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                color: Theme.accent
                font.family: Theme.fixedFont
                font.pixelSize: Theme.textSize
                Accessible.ignored: true
            }

            Text {
                id: words

                x: row.narrow ? Theme.margin : keys.x + keys.width + Theme.gap
                y: row.narrow ? keys.y + keys.height : keys.y + keys.baselineOffset - baselineOffset
                width: row.width - x - Theme.margin
                text: row.modelData.words
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                color: Theme.text
                font.pixelSize: Theme.textSize
                Accessible.ignored: true
            }
        }
    }
}
