// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    Buttons beside each other; in more than one line only where their width has no room for them.
*/
Flow {
    id: root

    /*! How wide they are in one line. */
    readonly property real oneLine: {
        let width = 0;
        for (let i = 0; i < children.length; ++i) {
            if (children[i].visible)
                width += children[i].implicitWidth + (width > 0 ? spacing : 0);
        }
        return width;
    }

    spacing: Theme.gap / 2
}
