// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat
import AwesomeChat.Tests

TestCase {
    id: root

    name: "Theme"

    function init() {
        failOnWarning(/.?/);
    }

    function cleanupTestCase() {
        Desktop.setDark(false);
    }

    function linear(c: real): real {
        return c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    /// Relative luminance, as WCAG 2 defines it.
    function luminance(colour: color): real {
        return 0.2126 * linear(colour.r) + 0.7152 * linear(colour.g) + 0.0722 * linear(colour.b);
    }

    function contrast(one: color, other: color): real {
        const a = luminance(one);
        const b = luminance(other);
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }

    function test_itFollowsTheDesktop() {
        Desktop.setDark(true);
        verify(Theme.dark);
        verify(Theme.background.hslLightness < 0.2);
        Desktop.setDark(false);
        verify(!Theme.dark);
        verify(Theme.background.hslLightness > 0.8);
    }

    function test_everyTextCanBeRead_data() {
        return [{tag: "dark", dark: true}, {tag: "light", dark: false}];
    }

    function test_everyTextCanBeRead(data) {
        Desktop.setDark(data.dark);
        const texts = ["text", "quiet", "accent", "sent", "received", "status", "error",
                       "jsonKey", "jsonString", "jsonNumber", "jsonKeyword"];
        const surfaces = ["background", "surface", "field", "added", "removed", "changed"];
        for (const text of texts) {
            for (const surface of surfaces) {
                const ratio = contrast(Theme[text], Theme[surface]);
                verify(ratio >= 4.5, text + " on " + surface + ": " + ratio.toFixed(2));
            }
        }
        verify(contrast(Theme.text, Theme.selection) >= 4.5);
        verify(contrast(Theme.accent, Theme.hover) >= 4.5);
    }
}
