// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import QtQuick.Layouts
import AwesomeChat

/*!
    The lines that wait to be sent, and those of which nobody knows whether they have arrived; not
    there while there is none.

    The model has the roles of Outbox.
*/
Rectangle {
    id: root

    /*! An Outbox. */
    property alias model: list.model
    /*! How many lines wait, and how many are in doubt. */
    property int pendingCount: 0
    property int inDoubtCount: 0

    /*! Gives the whole text of a row, of which the model has the beginning. */
    property var textAt: row => ""

    /*! The person has changed a line that waits, or wants none of it. */
    signal edited(int row, string text)
    signal removeRequested(int row)
    /*! The person wants a line in doubt to be sent once more, or to be forgotten. */
    signal sendAgainRequested(int row)
    signal dismissRequested(int row)

    function wholeText(row: int): string {
        const give = textAt;
        return give(row);
    }

    readonly property string title: {
        const words = [];
        if (pendingCount > 0)
            words.push(pendingCount === 1 ? qsTr("1 line waits for the connection")
                                          : qsTr("%L1 lines wait for the connection").arg(pendingCount));
        if (inDoubtCount > 0)
            words.push(qsTr("%L1 in doubt: the connection ended before an answer came").arg(inDoubtCount));
        return words.join("  ·  ");
    }

    component Row: Item {
        id: row

        required property int index
        required property string text
        required property bool binary
        required property int size
        required property int lineState

        signal editRequested()
        signal edited(string text)
        signal removeRequested()
        signal sendAgainRequested()
        signal dismissRequested()

        /*! Whether the line is being changed. */
        property bool editing: false

        /*! Laying out a longer line would stop the window, in bytes. */
        readonly property int maximumEditSize: 300000

        function edit(whole: string) {
            field.maximumLength = Math.max(100000, whole.length); // nothing is cut
            field.text = whole;
            editing = true;
            field.forceActiveFocus();
        }

        onIsPendingChanged: {
            if (!isPending)
                editing = false; // it is on its way
        }

        readonly property bool isPending: lineState === Outbox.Pending
        readonly property bool isInDoubt: lineState === Outbox.InDoubt
        readonly property string stateText: isPending ? qsTr("waits") : qsTr("in doubt")
        readonly property string words: binary ? qsTr("binary %1").arg(Units.bytes(size))
                                               : text.replace(/\n/g, "⏎")

        visible: isPending || isInDoubt
        width: ListView.view.width
        height: visible ? layout.implicitHeight + Theme.gap / 2 : 0
        Accessible.role: Accessible.ListItem
        Accessible.name: words
        Accessible.description: stateText

        RowLayout {
            id: layout

            anchors.left: parent.left
            anchors.right: parent.right
            anchors.margins: Theme.margin
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.gap

            Text {
                text: row.isPending ? "◷" : "?"
                textFormat: Text.PlainText
                color: row.isPending ? Theme.quiet : Theme.status
                font.pixelSize: Theme.textSize
                Accessible.ignored: true
            }

            Text {
                objectName: "outboxWords"

                visible: !row.editing
                Layout.fillWidth: true
                text: row.words
                textFormat: Text.PlainText
                elide: Text.ElideRight
                maximumLineCount: 1
                color: Theme.text
                font.family: Theme.fixedFont
                font.pixelSize: Theme.textSize
                Accessible.ignored: true
            }

            Field {
                id: field
                objectName: "outboxField"

                Layout.fillWidth: true
                visible: row.editing
                maximumLength: 100000
                prompt: qsTr("The line")
                onAccepted: {
                    row.editing = false;
                    row.edited(text);
                }
                Keys.onEscapePressed: row.editing = false
            }

            Command {
                objectName: "outboxEdit"
                visible: row.isPending && !row.binary && !row.editing && row.size <= row.maximumEditSize
                text: qsTr("Edit")
                onClicked: row.editRequested()
            }
            Command {
                objectName: "outboxRemove"
                visible: row.isPending
                text: qsTr("Delete")
                onClicked: row.removeRequested()
            }
            Command {
                objectName: "outboxSendAgain"
                visible: row.isInDoubt
                text: qsTr("Send again")
                onClicked: row.sendAgainRequested()
            }
            Command {
                objectName: "outboxDismiss"
                visible: row.isInDoubt
                text: qsTr("Forget")
                onClicked: row.dismissRequested()
            }
        }
    }

    visible: pendingCount + inDoubtCount > 0
    implicitHeight: header.implicitHeight + Theme.gap + Math.min(list.contentHeight, root.Window.height < 320 ? 30 : Math.min(120, root.Window.height / 5))
    color: Theme.surface

    Text {
        id: header
        objectName: "outboxTitle"

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: Theme.margin
        y: Theme.gap / 2
        text: root.title
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: root.inDoubtCount > 0 ? Theme.status : Theme.quiet
        font.pixelSize: Theme.quietSize
        Accessible.role: Accessible.AlertMessage
        Accessible.name: text
    }

    ListView {
        id: list
        objectName: "outboxList"

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: header.bottom
        anchors.bottom: parent.bottom
        anchors.topMargin: Theme.gap / 2
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Outbox")

        property int countBefore: 0

        // What has just been entered is seen.
        onCountChanged: {
            if (count > countBefore)
                endTimer.start();
            countBefore = count;
        }

        Timer {
            id: endTimer

            interval: 0
            onTriggered: list.positionViewAtEnd()
        }

        delegate: Row {
            onEditRequested: edit(root.wholeText(index))
            onEdited: text => root.edited(index, text)
            onRemoveRequested: root.removeRequested(index)
            onSendAgainRequested: root.sendAgainRequested(index)
            onDismissRequested: root.dismissRequested(index)
        }
        Controls.ScrollBar.vertical: ScrollBar {}
    }
}
