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

    /// As WebAIM's contrast checker says.
    function test_contrastIsThatOfWcag_data() {
        return [
            {tag: "most", one: "#000000", other: "#ffffff", ratio: 21},
            {tag: "none", one: "#123456", other: "#123456", ratio: 1},
            {tag: "grey", one: "#767676", other: "#ffffff", ratio: 4.54},
            {tag: "blue", one: "#0000ff", other: "#ffff00", ratio: 8.0}
        ];
    }

    function test_contrastIsThatOfWcag(data) {
        fuzzyCompare(Theme.ratio(Qt.color(data.one), Qt.color(data.other)), data.ratio, 0.01);
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
        return [
            {tag: "dark", window: "#202020", words: "#ffffff", least: 4.5},
            {tag: "light", window: "#f0f0f0", words: "#000000", least: 4.5},
            {tag: "white on black", window: "#000000", words: "#ffffff", least: 7},
            {tag: "yellow on black", window: "#000000", words: "#ffff00", least: 7},
            {tag: "black on white", window: "#ffffff", words: "#000000", least: 7}
        ];
    }

    function test_everyTextCanBeRead(data) {
        Desktop.setColors(data.window, data.words);
        compare(Theme.contrasting, data.least > 4.5);
        const texts = ["text", "quiet", "accent", "sent", "received", "status", "error",
                       "jsonKey", "jsonString", "jsonNumber", "jsonKeyword"];
        const surfaces = ["background", "surface", "field", "added", "removed", "changed"];
        for (const text of texts) {
            for (const surface of surfaces) {
                const least = surface === "background" ? data.least : 4.5;
                const ratio = Theme.ratio(Theme[text], Theme[surface]);
                verify(ratio >= least, text + " on " + surface + ": " + ratio.toFixed(2));
            }
        }
        verify(Theme.ratio(Theme.text, Theme.selection) >= 4.5);
        verify(Theme.ratio(Theme.accent, Theme.hover) >= 4.5);
        // What one can press is seen to be there (WCAG 2.1, 1.4.11).
        verify(Theme.ratio(Theme.line, Theme.background) >= (Theme.contrasting ? 3 : 1));
    }
}
