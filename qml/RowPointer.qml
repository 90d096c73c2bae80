// SPDX-License-Identifier: MIT
import QtQuick

/*!
    What the mouse does with the rows of a list: a click chooses a row, Shift or dragging all rows up
    to another one, and beyond the list's edge it scrolls. Fingers keep their flicking.
*/
MouseArea {
    id: root

    /*! The list that this lies upon. */
    required property ListView view

    /*! A row is chosen; with extend all from the one that was chosen first to it. */
    signal chosen(int row, bool extend)
    /*! A row was clicked with the right button, at a place of this item. */
    signal menuRequested(int row, real x, real y)
    /*! A row was double-clicked. */
    signal opened(int row)

    /*! Pixels in a step of the timer, for each pixel that the mouse is beyond the edge. */
    readonly property real speed: 0.5
    readonly property real beyond: mouseY < 0 ? mouseY : Math.max(0, mouseY - height)

    /*! The row at a height of this item, or the last one in sight before it; -1: none. */
    function rowAt(y: real): int {
        const inside = Math.max(0, Math.min(height - 1, y));
        const row = view.indexAt(0, view.contentY + inside);
        if (row !== -1 || view.count === 0)
            return row;
        // Few rows leave the upper part of the list empty.
        return inside < height / 2 ? view.count - 1 : 0;
    }

    acceptedButtons: Qt.LeftButton | Qt.RightButton
    preventStealing: true

    onPressed: mouse => {
        const row = view.indexAt(0, view.contentY + mouse.y);
        mouse.accepted = mouse.source === Qt.MouseEventNotSynthesized;
        if (!mouse.accepted)
            return;
        view.forceActiveFocus(Qt.MouseFocusReason);
        if (row === -1)
            return;
        if (mouse.button === Qt.LeftButton)
            root.chosen(row, mouse.modifiers & Qt.ShiftModifier);
        else
            root.menuRequested(row, mouse.x, mouse.y);
    }
    onPositionChanged: mouse => {
        const row = rowAt(mouse.y);
        if (row !== -1 && pressedButtons & Qt.LeftButton)
            root.chosen(row, true);
    }
    onDoubleClicked: mouse => {
        const row = view.indexAt(0, view.contentY + mouse.y);
        if (row !== -1 && mouse.button === Qt.LeftButton)
            root.opened(row);
    }

    Timer {
        interval: 16
        repeat: true
        running: root.pressed && root.beyond !== 0
        onTriggered: {
            const top = root.view.originY;
            const bottom = Math.max(top, top + root.view.contentHeight - root.view.height);
            root.view.contentY = Math.max(top, Math.min(bottom, root.view.contentY + root.beyond * root.speed));
            const row = root.rowAt(root.mouseY);
            if (row !== -1)
                root.chosen(row, true);
        }
    }
}
