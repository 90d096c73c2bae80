// SPDX-License-Identifier: MIT
pragma Singleton

import QtQuick

/*!
    Colours, spacings and fonts, for a dark desktop and for a light one. Every text colour has a
    contrast of at least 4.5 to 1 on every surface (WCAG 2, level AA).
*/
QtObject {
    id: root

    /*! Whether the desktop is dark. */
    readonly property bool dark: systemPalette.window.hslLightness < 0.5

    readonly property color background: dark ? "#0f1216" : "#ffffff"
    readonly property color surface: dark ? "#171b21" : "#f3f5f7"
    readonly property color field: dark ? "#1e242c" : "#ffffff"
    readonly property color line: dark ? "#2b323c" : "#d5dae0"
    readonly property color hover: dark ? "#2a323d" : "#e6eaee"

    readonly property color text: dark ? "#e4e8ec" : "#1a1f26"
    readonly property color quiet: dark ? "#8f99a6" : "#5d6875"
    readonly property color accent: dark ? "#6cb6ff" : "#0a5fb8"
    readonly property color sent: accent
    readonly property color received: dark ? "#6bd49a" : "#0d6e3c"
    readonly property color status: dark ? "#d6b46a" : "#7a5600"
    readonly property color error: dark ? "#ff8f86" : "#b42318"
    readonly property color selection: dark ? "#2d5c8c" : "#b6d7fb"

    // Behind what is looked for.
    readonly property color hit: dark ? "#5e4a08" : "#ffe27a"

    readonly property color jsonKey: dark ? "#8cbcf2" : "#1d4f91"
    readonly property color jsonString: dark ? "#a3d69b" : "#22662e"
    readonly property color jsonNumber: dark ? "#e8b583" : "#8f4200"
    readonly property color jsonKeyword: dark ? "#d0a8ee" : "#7534a8"

    // Behind what differs from another message.
    readonly property color added: dark ? "#13261d" : "#e3f5ea"
    readonly property color removed: dark ? "#2c1a1b" : "#fdeae8"
    readonly property color changed: dark ? "#29220f" : "#fbf1d9"

    readonly property int gap: 8
    readonly property int margin: 12
    readonly property int radius: 6
    readonly property int textSize: 14
    readonly property int quietSize: 12
    readonly property string fixedFont: "monospace"

    readonly property SystemPalette systemPalette: SystemPalette {}
}
