// SPDX-License-Identifier: MIT
pragma Singleton

import QtQuick

/*!
    Colours, spacings and fonts, for a dark desktop and for a light one. Every text colour has a
    contrast of at least 4.5 to 1 on every surface (WCAG 2, level AA); on a desktop of high contrast
    7 to 1 (level AAA), with lines that are as plain as the text.
*/
QtObject {
    id: root

    /*! Whether the desktop is dark. */
    readonly property bool dark: systemPalette.window.hslLightness < 0.5

    /*! Whether the desktop has the highest contrast that there is, such as white on black. */
    readonly property bool contrasting: ratio(systemPalette.window, systemPalette.windowText) > 19

    readonly property color background: contrasting ? (dark ? "#000000" : "#ffffff") : dark ? "#0f1216" : "#ffffff"
    readonly property color surface: contrasting ? background : dark ? "#171b21" : "#f3f5f7"
    readonly property color field: contrasting ? background : dark ? "#1e242c" : "#ffffff"
    readonly property color line: contrasting ? text : dark ? "#2b323c" : "#d5dae0"
    readonly property color hover: dark ? "#2a323d" : "#e6eaee"

    readonly property color text: contrasting ? (dark ? "#ffffff" : "#000000") : dark ? "#e4e8ec" : "#1a1f26"
    readonly property color quiet: contrasting ? text : dark ? "#8f99a6" : "#5d6875"
    readonly property color accent: ofWords(dark ? "#6cb6ff" : "#0a5fb8")
    readonly property color sent: accent
    readonly property color received: ofWords(dark ? "#6bd49a" : "#0d6e3c")
    readonly property color status: ofWords(dark ? "#d6b46a" : "#7a5600")
    readonly property color error: ofWords(dark ? "#ff8f86" : "#b42318")
    readonly property color selection: dark ? "#2d5c8c" : "#b6d7fb"

    // Behind what is looked for.
    readonly property color hit: dark ? "#5e4a08" : "#ffe27a"

    readonly property color jsonKey: ofWords(dark ? "#8cbcf2" : "#1d4f91")
    readonly property color jsonString: ofWords(dark ? "#a3d69b" : "#22662e")
    readonly property color jsonNumber: ofWords(dark ? "#e8b583" : "#8f4200")
    readonly property color jsonKeyword: ofWords(dark ? "#d0a8ee" : "#7534a8")

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

    /*! A colour that words have; darker on a light desktop of high contrast. */
    function ofWords(colour: color): color {
        return contrasting && !dark ? Qt.darker(colour, 1.3) : colour;
    }

    /*! Relative luminance, as WCAG 2 defines it, 0 to 1. */
    function luminance(colour: color): real {
        return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b);
    }

    function linear(part: real): real {
        return part <= 0.03928 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
    }

    /*! The contrast between two colours, as WCAG 2 defines it, 1 to 21. */
    function ratio(one: color, other: color): real {
        const a = luminance(one);
        const b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }
}
