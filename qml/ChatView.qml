// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    The rows of a transcript, the newest at the bottom. While the newest is in sight it stays in
    sight; once one has scrolled up, what is read stays where it is.

    The model has the newest entry first, with the roles of Transcript.
*/
ListView {
    id: root

    /*! Whether the newest row is in sight, and is to stay there. */
    readonly property alias following: place.following

    /*! The model, for whoever shows one after the other: Qt 6.4 uses rows of the one before again
        for the next, as they are. */
    property Transcript transcript: null
    /*! How many entries there are; a row may stand for several. */
    property int entryCount: count
    /*! How many entries have come since one has scrolled up. */
    readonly property int newCount: following ? 0 : Math.max(0, entryCount - place.countAtLeaving)

    /*! The number of the oldest entry; they have no gaps. */
    property int firstSeq: 1
    /*! What is looked for, and marked in the rows. */
    property string needle: ""
    /*! Whether a message could be sent again, as it is or changed. */
    property bool canSend: true

    /*! The rows that are chosen, by the numbers of their entries; 0: none. */
    property int selectionAnchor: 0
    property int selectionEnd: 0
    readonly property int selectionFirst: Math.min(selectionAnchor, selectionEnd)
    readonly property int selectionLast: Math.max(selectionAnchor, selectionEnd)

    /*! The person wants to see all of an entry, named by its number. */
    signal opened(int seq)
    /*! Two entries, and all between them, are to be copied; see Transcript.CopyFormat. */
    signal copyRequested(int first, int last, int format)
    /*! A message is to be sent once more, as it is. */
    signal sendRequested(int seq)
    /*! A message is to be sent once more, when it has been changed. */
    signal editRequested(int seq)

    function showNewest() {
        positionViewAtBeginning();
        place.following = true;
    }

    function showRow(row: int) {
        positionViewAtIndex(row, ListView.Contain);
        place.note();
    }

    /*! Chooses a row, or with extend all from the one that was chosen first to it. */
    function select(row: int, extend: bool) {
        currentIndex = row;
        const item = itemAtIndex(row) as Label;
        if (!item)
            return;
        selectionEnd = item.seq;
        if (!extend || selectionAnchor === 0)
            selectionAnchor = item.seq;
    }

    function selectAll() {
        if (entryCount === 0)
            return;
        selectionAnchor = firstSeq;
        selectionEnd = firstSeq + entryCount - 1;
        currentIndex = 0;
    }

    function clearSelection() {
        selectionAnchor = 0;
        selectionEnd = 0;
    }

    function showOldest() {
        positionViewAtEnd();
        place.note();
    }

    /*! Scrolls by pages of the view's height: 1 is towards the newest, -1 towards the oldest. */
    function scrollPages(pages: real) {
        const bottom = originY + contentHeight - height;
        contentY = Math.max(originY, Math.min(bottom, contentY + pages * height * 0.9));
        returnToBounds();
        place.note();
    }

    /*! The number of an entry in the middle of what is read; 0 where the newest is followed. */
    function seqInSight(): int {
        const item = following ? null : itemAt(0, contentY + height / 2) as Label;
        return item ? item.seq : 0;
    }

    onTranscriptChanged: {
        reuseItems = false; // this empties the pool
        model = transcript;
        reuseItems = true;
    }

    // All rows are other ones, and the newest is in sight.
    Connections {
        target: root.model
        ignoreUnknownSignals: true

        function onModelReset() {
            root.showNewest();
        }
    }

    QtObject {
        id: place

        property bool following: true
        property int countAtLeaving: 0

        function note() {
            following = root.atYEnd;
        }

        onFollowingChanged: countAtLeaving = root.entryCount
    }

    // New rows leave the view where it is by themselves; a new height would not.
    onHeightChanged: {
        if (following)
            positionViewAtBeginning();
    }
    onContentYChanged: {
        if (moving || scrollBar.pressed || rowPointer.pressed)
            place.note();
    }

    verticalLayoutDirection: ListView.BottomToTop
    boundsBehavior: Flickable.StopAtBounds
    clip: true
    reuseItems: true

    Accessible.role: Accessible.List
    Accessible.name: qsTr("Transcript")

    activeFocusOnTab: true
    keyNavigationEnabled: false
    Keys.onUpPressed: event => root.moveBy(1, event.modifiers & Qt.ShiftModifier)
    Keys.onDownPressed: event => root.moveBy(-1, event.modifiers & Qt.ShiftModifier)
    Keys.onReturnPressed: event => root.enter(event.modifiers)
    Keys.onEnterPressed: event => root.enter(event.modifiers & ~Qt.KeypadModifier)
    Keys.onSpacePressed: root.enter(Qt.NoModifier)
    Keys.onMenuPressed: openMenu()
    Keys.onPressed: event => {
        event.accepted = true;
        if (event.matches(StandardKey.SelectAll))
            root.selectAll();
        else if (event.matches(StandardKey.Copy))
            root.copy(Transcript.Words);
        else if (event.key === Qt.Key_C && event.modifiers === (Qt.ControlModifier | Qt.ShiftModifier))
            root.copy(Transcript.Rows);
        else if (event.key === Qt.Key_E && event.modifiers === Qt.ControlModifier)
            root.edit();
        else if (event.key === Qt.Key_F10 && event.modifiers === Qt.ShiftModifier)
            root.openMenu();
        else
            event.accepted = false;
    }

    function copy(format: int) {
        if (selectionEnd !== 0)
            root.copyRequested(selectionFirst, selectionLast, format);
    }

    function edit() {
        if (canSend && selectionEnd !== 0 && selectionAnchor === selectionEnd)
            root.editRequested(selectionEnd);
    }

    function enter(modifiers: int) {
        if (selectionEnd === 0)
            return;
        if (modifiers & Qt.ControlModifier)
            root.sendRequested(selectionEnd);
        else
            root.opened(selectionEnd);
    }

    /*! The row of the entry of a number, or -1. */
    function rowOf(seq: int): int {
        if (transcript)
            return transcript.rowOf(seq);
        return (itemAtIndex(currentIndex) as Label)?.seq === seq ? currentIndex : -1;
    }

    function moveBy(rows: int, extend: bool) {
        const from = selectionEnd === 0 ? -1 : rowOf(selectionEnd);
        const row = from === -1 ? 0 : Math.max(0, Math.min(count - 1, from + rows));
        positionViewAtIndex(row, ListView.Contain);
        select(row, extend);
        place.note();
    }

    delegate: Label {
        id: label

        required property int index

        // The newest row may become one of several equal entries after it was chosen.
        selected: root.selectionFirst <= seq && root.selectionLast > seq - repeat
        needle: root.needle
        width: ListView.view.width

        // Fingers; RowPointer is for the mouse.
        TapHandler {
            acceptedDevices: PointerDevice.TouchScreen | PointerDevice.Stylus
            onTapped: {
                root.forceActiveFocus(Qt.MouseFocusReason);
                root.select(label.index, false);
            }
            onDoubleTapped: root.opened(label.seq)
            onLongPressed: {
                root.select(label.index, false);
                root.openMenu();
            }
        }
        // A row that waits to be used again is not drawn, but a screen reader would still find it.
        ListView.onPooled: visible = false
        ListView.onReused: visible = true
    }

    RowPointer {
        id: rowPointer
        objectName: "rowPointer"

        parent: root
        anchors.fill: parent
        view: root
        onChosen: (row, extend) => root.select(row, extend)
        onOpened: row => root.opened(root.selectionEnd)
        onMenuRequested: (row, x, y) => {
            const item = root.itemAtIndex(row) as Label;
            if (item && !item.selected)
                root.select(row, false);
            menu.openAt(x, y);
        }
    }

    function openMenu() {
        const item = menu.lastChosen();
        if (item)
            openMenuBelow(item);
    }

    function openMenuBelow(item: var) {
        menu.openAt(Theme.margin, Math.max(0, Math.min(height - 1, item.y - contentY + item.height)));
    }

    RowMenu {
        id: menu

        function lastChosen(): Label {
            const row = root.selectionEnd === 0 ? -1 : root.rowOf(root.selectionEnd);
            return row === -1 ? null : root.itemAtIndex(row) as Label;
        }

        function chosen(): Label {
            return root.selectionAnchor === root.selectionEnd ? lastChosen() : null;
        }

        function openAt(x: real, y: real) {
            const item = chosen();
            rows = item ? 1 : 2;
            isMessage = item !== null && item.isMessage;
            isText = root.canSend && isMessage && item.kind === EntryType.Text;
            popup(root, x, y);
        }

        canSend: root.canSend
        // A menu gives the focus back to nobody in particular.
        onClosed: {
            if (root.Window.activeFocusItem === root.Window.contentItem)
                root.forceActiveFocus();
        }
        onOpenRequested: root.opened(root.selectionEnd)
        onCopyRequested: format => root.copy(format)
        onSendRequested: root.sendRequested(root.selectionEnd)
        onEditRequested: root.edit()
    }

    Rectangle {
        id: pill
        objectName: "pill"

        parent: root
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.gap
        z: 1
        visible: root.newCount > 0
        width: pillText.width + 3 * Theme.gap
        height: pillText.height + Theme.gap
        radius: height / 2
        color: pillArea.containsMouse ? Theme.hover : Theme.field
        border.color: Theme.accent

        Accessible.role: Accessible.Button
        Accessible.name: pillText.text
        Accessible.description: qsTr("Ctrl+Page Down")
        Accessible.onPressAction: root.showNewest()

        Text {
            id: pillText

            anchors.centerIn: parent
            text: qsTr("%L1 new ↓").arg(root.newCount)
            textFormat: Text.PlainText
            color: Theme.accent
            font.pixelSize: Theme.quietSize
            Accessible.ignored: true
        }

        MouseArea {
            id: pillArea

            anchors.fill: parent
            hoverEnabled: true
            cursorShape: Qt.PointingHandCursor
            onClicked: root.showNewest()
        }
    }

    Controls.ScrollBar.vertical: ScrollBar {
        id: scrollBar

        z: 2 // above the RowPointer
    }
}
