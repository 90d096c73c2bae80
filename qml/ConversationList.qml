// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import QtQuick.Layouts
import AwesomeChat

/*!
    The conversations there are, to be opened, renamed and deleted. What is typed finds some of
    them; Up and Down choose, Enter opens, F2 renames, Delete asks and deletes, Escape closes.

    The model has the roles of ConversationModel.
*/
FocusScope {
    id: root

    required property var model
    /*! What the person looks for. */
    property alias filter: field.text
    /*! What went wrong, in a sentence. */
    property string notice: ""
    /*! The one that is chosen, by its number; 0: none. */
    readonly property int chosen: list.currentItem ? (list.currentItem as ConversationRow).conversation : 0

    /*! The person wants to read it, or to be back in it where it is the current one. */
    signal opened(int conversation, bool current)
    signal renamed(int conversation, string name)
    signal removed(int conversation)
    /*! The person wants to read a file. */
    signal fileRequested()
    signal closed()

    function focusField() {
        field.forceActiveFocus();
        field.selectAll();
        list.forceLayout(); // the next key may be for a row already
    }

    function openChosen() {
        const row = list.currentItem as ConversationRow;
        if (row)
            root.opened(row.conversation, row.current);
    }

    function moveBy(rows: int) {
        list.currentIndex = Math.max(0, Math.min(list.count - 1, list.currentIndex + rows));
        list.positionViewAtIndex(list.currentIndex, ListView.Contain);
    }

    function renameChosen() {
        const row = list.currentItem as ConversationRow;
        if (row)
            row.rename();
    }

    function askToRemoveChosen() {
        const row = list.currentItem as ConversationRow;
        if (row)
            row.askToRemove();
    }

    implicitWidth: 340
    implicitHeight: 400
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Conversations")

    Keys.onEscapePressed: root.closed()
    Keys.onUpPressed: root.moveBy(-1)
    Keys.onDownPressed: root.moveBy(1)
    Keys.onReturnPressed: root.openChosen()
    Keys.onEnterPressed: root.openChosen()
    Keys.onPressed: event => {
        if (event.key === Qt.Key_F2)
            root.renameChosen();
        else if (event.key === Qt.Key_Delete)
            root.askToRemoveChosen();
        else if (event.key === Qt.Key_PageUp || event.key === Qt.Key_PageDown)
            root.moveBy(event.key === Qt.Key_PageUp ? -8 : 8);
        else
            return;
        event.accepted = true;
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.surface
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RowLayout {
            Layout.fillWidth: true
            Layout.margins: Theme.gap
            Layout.leftMargin: Theme.margin
            spacing: Theme.gap / 2

            Field {
                id: field
                objectName: "conversationFilter"

                Layout.fillWidth: true
                focus: true
                maximumLength: 200
                prompt: qsTr("Find a conversation…")
                onAccepted: root.openChosen()
                onDeletePressed: root.askToRemoveChosen()
            }

            Command {
                objectName: "openFile"

                text: qsTr("File…")
                Accessible.name: qsTr("Open a file")
                Accessible.description: qsTr("Ctrl+Shift+O")
                onClicked: root.fileRequested()
            }

            Command {
                objectName: "closeConversations"

                text: qsTr("✕")
                Accessible.name: qsTr("Close the list")
                onClicked: root.closed()
            }
        }

        Notice {
            objectName: "conversationsNotice"

            Layout.fillWidth: true
            Layout.margins: visible ? Theme.gap : 0
            Layout.leftMargin: Theme.margin
            text: root.notice.length > 0 ? root.notice
                : list.count > 0 ? ""
                : field.text.length > 0 ? qsTr("No conversation has this in its name or address.")
                                        : qsTr("There are no conversations yet.")
        }

        ListView {
            id: list
            objectName: "conversations"

            Layout.fillWidth: true
            Layout.fillHeight: true
            boundsBehavior: Flickable.StopAtBounds
            clip: true
            model: root.model
            currentIndex: 0
            highlightMoveDuration: 0
            keyNavigationEnabled: false
            activeFocusOnTab: true
            Accessible.role: Accessible.List
            Accessible.name: qsTr("Conversations")

            delegate: ConversationRow {
                required property int index

                width: ListView.view.width
                chosen: ListView.isCurrentItem
                onTapped: list.currentIndex = index
                onOpened: root.opened(conversation, current)
                onRenamed: name => root.renamed(conversation, name)
                onRemoved: root.removed(conversation)
                onFinished: root.focusField()
                // Nothing is renamed or deleted that is not chosen any more.
                onChosenChanged: {
                    if (!chosen)
                        mode = ConversationRow.Shown;
                }
            }

            Controls.ScrollBar.vertical: ScrollBar {}
        }
    }

    Rectangle {
        anchors.right: parent.right
        width: 1
        height: parent.height
        color: Theme.line
    }
}
