// SPDX-License-Identifier: MIT
pragma Singleton

import QtQml

/*!
    Quantities in words for people.
*/
QtObject {
    id: root

    /*! A number of bytes: 512 B, 1.5 KiB, 16.0 MiB. */
    function bytes(count: real): string {
        if (count < 1024)
            return qsTr("%1 B").arg(count);
        if (count < 1024 * 1024)
            return qsTr("%1 KiB").arg((count / 1024).toFixed(1));
        return qsTr("%1 MiB").arg((count / 1024 / 1024).toFixed(1));
    }

    /*! A number of milliseconds: 0.4 ms, 23 ms, 1.20 s. */
    function milliseconds(count: real): string {
        if (count < 1000)
            return qsTr("%1 ms").arg(count < 10 ? count.toFixed(1) : Math.round(count));
        return qsTr("%1 s").arg((count / 1000).toFixed(2));
    }
}
