// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "KeyHelp"
    width: 720
    height: 480
    visible: true
    when: windowShown

    KeyCommands {
        id: keys

        canStep: true
    }

    Component {
        id: component

        KeyHelp {
            width: root.width
            height: root.height
            focus: true
            commands: keys.commands
        }
    }

    SignalSpy {
        id: spy

        target: keys
    }

    function init() {
        failOnWarning(/.?/);
    }

    function test_eachKeySaysThatItWasPressed_data() {
        return [
            {tag: "F1", key: Qt.Key_F1, says: "helpRequested"},
            {tag: "Ctrl+L", key: Qt.Key_L, says: "addressRequested"},
            {tag: "Ctrl+R", key: Qt.Key_R, says: "connectRequested"},
            {tag: "Ctrl+I", key: Qt.Key_I, says: "stagesRequested"},
            {tag: "Ctrl+Shift+E", key: Qt.Key_E, says: "serverRequested"},
            {tag: "Ctrl+F", key: Qt.Key_F, says: "findRequested"},
            {tag: "F3", key: Qt.Key_F3, says: "olderHitRequested"},
            {tag: "Ctrl+G", key: Qt.Key_G, says: "olderHitRequested"},
            {tag: "Shift+F3", key: Qt.Key_F3, says: "newerHitRequested"},
            {tag: "Ctrl+Shift+G", key: Qt.Key_G, says: "newerHitRequested"},
            {tag: "Ctrl+O", key: Qt.Key_O, says: "conversationsRequested"},
            {tag: "Ctrl+S", key: Qt.Key_S, says: "exportRequested"},
            {tag: "Ctrl+Shift+O", key: Qt.Key_O, says: "openRequested"},
            {tag: "Ctrl+B", key: Qt.Key_B, says: "encodingRequested"},
            {tag: "Ctrl+U", key: Qt.Key_U, says: "sendFileRequested"},
            {tag: "F10", key: Qt.Key_F10, says: "stepRequested"},
            {tag: "PgUp", key: Qt.Key_PageUp, says: "scrollRequested"},
            {tag: "PgDown", key: Qt.Key_PageDown, says: "scrollRequested"},
            {tag: "Ctrl+PgUp", key: Qt.Key_PageUp, says: "oldestRequested"},
            {tag: "Ctrl+PgDown", key: Qt.Key_PageDown, says: "newestRequested"}
        ];
    }

    function test_eachKeySaysThatItWasPressed(row) {
        spy.signalName = row.says;
        spy.clear();
        keyClick(row.key, (row.tag.includes("Ctrl+") ? Qt.ControlModifier : 0) | (row.tag.includes("Shift+") ? Qt.ShiftModifier : 0));
        compare(spy.count, 1);
    }

    function test_everyKeyIsListedOnce() {
        const help = createTemporaryObject(component, root);
        let shown = help.rows.map(row => row.place + ": " + row.keys);
        compare(new Set(shown).size, shown.length);
        compare(help.rows.length, keys.commands.length + help.hints.length);
        verify(shown.includes("Everywhere: F3, Ctrl+G"));
        verify(shown.includes("Everywhere: Ctrl+Page Up"));
        verify(help.rows.every(row => row.words.length > 0));
    }

    function test_itScrollsAndCloses() {
        const help = createTemporaryObject(component, root);
        const list = findChild(help, "keyList");
        help.forceActiveFocus();
        waitForRendering(help);
        const top = list.contentY;
        keyClick(Qt.Key_Up);
        compare(list.contentY, top);
        keyClick(Qt.Key_Down);
        verify(list.contentY > top);
        keyClick(Qt.Key_End);
        tryVerify(() => list.itemAtIndex(list.count - 1) !== null);
        keyClick(Qt.Key_Home);
        tryVerify(() => list.atYBeginning);
        const closed = createTemporaryQmlObject("import QtTest; SignalSpy { signalName: 'closed' }", root);
        closed.target = help;
        keyClick(Qt.Key_Escape);
        compare(closed.count, 1);
        mouseClick(findChild(help, "closeKeys"));
        compare(closed.count, 2);
    }
}
