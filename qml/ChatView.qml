// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Controls as Controls
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

    /*! How many entries there are; a row may stand for several. */
    property int entryCount: count
    /*! How many entries have come since one has scrolled up. */
    readonly property int newCount: following ? 0 : Math.max(0, entryCount - place.countAtLeaving)

    /*! The rows that are chosen, by the numbers of their entries; 0: none. */
    property int selectionAnchor: 0
    property int selectionEnd: 0

    /*! The person wants to see all of an entry, named by its number. */
    signal opened(int seq)
    /*! Two entries, and all between them, are to be copied. */
    signal copyRequested(int first, int last)

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
        if (moving || scrollBar.pressed)
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
    Keys.onReturnPressed: openSelected()
    Keys.onEnterPressed: openSelected()
    Keys.onSpacePressed: openSelected()
    Keys.onPressed: event => {
        event.accepted = event.matches(StandardKey.Copy) && selectionEnd !== 0;
        if (event.accepted)
            root.copyRequested(selectionAnchor, selectionEnd);
    }

    function openSelected() {
        if (selectionEnd !== 0)
            root.opened(selectionEnd);
    }

    function moveBy(rows: int, extend: bool) {
        const row = Math.max(0, Math.min(count - 1, selectionEnd === 0 ? 0 : currentIndex + rows));
        positionViewAtIndex(row, ListView.Contain);
        select(row, extend);
        place.note();
    }

    delegate: Label {
        id: label

        required property int index

        selected: seq >= Math.min(root.selectionAnchor, root.selectionEnd)
                  && seq <= Math.max(root.selectionAnchor, root.selectionEnd)
        width: ListView.view.width

        TapHandler {
            gesturePolicy: TapHandler.DragThreshold
            onTapped: (point, button) => {
                root.forceActiveFocus(Qt.MouseFocusReason);
                root.select(label.index, point.modifiers & Qt.ShiftModifier);
            }
            onDoubleTapped: root.opened(label.seq)
        }
        // A row that waits to be used again is not drawn, but a screen reader would still find it.
        ListView.onPooled: visible = false
        ListView.onReused: visible = true
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

    Controls.ScrollBar.vertical: Controls.ScrollBar {
        id: scrollBar
    }
}
