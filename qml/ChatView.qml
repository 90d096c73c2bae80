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

    function showNewest() {
        positionViewAtBeginning();
        place.following = true;
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

        function note() {
            following = root.atYEnd;
        }
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

    delegate: Label {
        width: ListView.view.width
        // A row that waits to be used again is not drawn, but a screen reader would still find it.
        ListView.onPooled: visible = false
        ListView.onReused: visible = true
    }

    Controls.ScrollBar.vertical: Controls.ScrollBar {
        id: scrollBar
    }
}
