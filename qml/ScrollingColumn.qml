// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    Parts below each other, as in a ColumnLayout; where there is no room for all of them they are
    scrolled, and what has the keyboard is in sight.
*/
Flickable {
    id: root

    default property alias parts: column.data

    readonly property bool overflows: contentHeight > height
    readonly property Item focusItem: Window.activeFocusItem

    /*! Scrolls to an item, if it is one of these. */
    function reveal(item: Item) {
        let inside = item;
        while (inside && inside !== column)
            inside = inside.parent;
        if (!inside || !item)
            return;
        const top = item.mapToItem(column, 0, 0).y - Theme.gap;
        const bottom = top + item.height + 2 * Theme.gap;
        if (top < contentY || bottom - top > height)
            contentY = Math.max(0, top);
        else if (bottom > contentY + height)
            contentY = bottom - height;
        returnToBounds();
    }

    clip: overflows
    interactive: overflows
    boundsBehavior: Flickable.StopAtBounds
    contentHeight: column.height
    onFocusItemChanged: reveal(focusItem)
    onHeightChanged: {
        returnToBounds();
        reveal(focusItem);
    }
    onContentHeightChanged: {
        returnToBounds();
        reveal(focusItem);
    }

    ColumnLayout {
        id: column

        width: root.width
        height: Math.max(root.height, implicitHeight)
        spacing: 0
    }

    Rectangle {
        objectName: "scrollPlace"

        parent: root
        anchors.right: parent.right
        y: root.visibleArea.yPosition * root.height
        width: 3
        height: root.visibleArea.heightRatio * root.height
        radius: width / 2
        visible: root.overflows
        color: Theme.quiet
    }
}
