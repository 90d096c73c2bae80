// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "SettingsPane"
    width: 400
    height: 480
    visible: true
    when: windowShown

    Component {
        id: component

        SettingsPane {
            width: 400
            height: 480
        }
    }

    Component {
        id: settingsComponent

        ServerSettings {}
    }

    Component {
        id: formComponent

        SettingsForm {}
    }

    SignalSpy {
        id: saved
        signalName: "saveRequested"
    }
    SignalSpy {
        id: closed
        signalName: "closed"
    }

    property ServerSettings settings
    property SettingsForm form
    property SettingsPane pane

    function init() {
        failOnWarning(/.?/);
        settings = createTemporaryObject(settingsComponent, root);
        form = createTemporaryObject(formComponent, root, {settings: settings});
        form.load("wss://one/a");
        pane = createTemporaryObject(component, root, {form: form});
        for (const spy of [saved, closed]) {
            spy.target = pane;
            spy.clear();
        }
        waitForRendering(pane);
        pane.focusField();
    }

    function type(text: string) {
        for (const character of text)
            keyClick(character);
    }

    function field(name: string): Field {
        return findChild(pane, name) as Field;
    }

    function test_rowsThatGoWhileItIsResized() {
        for (let i = 0; i < 10; ++i) {
            compare(form.paste("wscat -c ws://localhost:1 -H 'A: b' -H 'C: d' -s x"), "");
            pane.width = 320;
            form.revert();
            pane.width = 500 + i;
        }
        waitForRendering(pane);
        pane.width = root.width;
    }

    function test_aHeaderByKeyboard() {
        // One that is empty is there to be typed in, and counts for nothing.
        compare(form.headers.count, 1);
        compare(form.modified, false);
        type("X-A");
        keyClick(Qt.Key_Tab);
        type("b");
        compare(form.modified, true);
        keyClick(Qt.Key_Return); // one more
        compare(form.headers.count, 2);
        type("X-B");
        keyClick(Qt.Key_Backtab);
        keyClick(Qt.Key_Space); // deletes the first one
        compare(form.headers.count, 1);
        compare(field("headerName").text, "X-B");
        keyClick(Qt.Key_Return, Qt.ControlModifier);
        compare(saved.count, 1);
        compare(saved.signalArguments[0][0], true);
    }

    function test_whatIsWrongIsSaid() {
        const problem = findChild(pane, "settingsProblem") as Notice;
        verify(!problem.visible);
        form.origin = "a b";
        verify(problem.visible);
        verify(problem.text.includes("not an origin"));
        for (const name of ["saveAndConnect", "saveSettings"])
            verify(!(findChild(pane, name) as Command).enabled);
        keyClick(Qt.Key_Return, Qt.ControlModifier);
        compare(saved.count, 0);
        mouseClick(findChild(pane, "revertSettings"));
        verify(!problem.visible);
        compare(form.modified, false);
    }

    function test_theChangesForAnotherServerAreSpokenOf() {
        const notice = findChild(pane, "settingsPutAside") as Notice;
        verify(!notice.visible);
        const first = form.url;
        form.origin = "https://a";
        form.load("ws://elsewhere/");
        verify(notice.visible);
        verify(notice.text.startsWith("Not saved, but there again when you go back"), notice.text);
        compare(findChild(pane, "origin").text, "");
        form.load(first);
        verify(!notice.visible);
        compare(findChild(pane, "origin").text, "https://a");
        form.revert();
    }

    function test_saveIsForChanges() {
        const save = findChild(pane, "saveSettings") as Command;
        verify(!save.enabled);
        form.pingInterval = "30";
        verify(save.enabled);
        mouseClick(save);
        compare(saved.signalArguments[0][0], false);
        compare((findChild(pane, "saveAndConnect") as Command).text, "Save and connect");
        pane.connected = true;
        compare((findChild(pane, "saveAndConnect") as Command).text, "Save and reconnect");
    }

    function test_escapeClosesAndKeeps() {
        form.origin = "https://a";
        keyClick(Qt.Key_Escape);
        compare(closed.count, 1);
        compare(form.origin, "https://a");
    }

    function test_messagesHoldLineFeeds() {
        const add = findChild(pane, "addMessage") as Command;
        add.forceActiveFocus();
        keyClick(Qt.Key_Return);
        type("a");
        keyClick(Qt.Key_Return, Qt.ShiftModifier);
        type("b");
        compare((findChild(pane, "firstMessage") as TextEdit).text, "a\nb");
        keyClick(Qt.Key_Return);
        compare(form.firstMessages.count, 2);
        verify(form.save());
        compare(form.firstMessages.count, 1);
    }

    function test_allIsReachedAndSeen() {
        // Tab goes around, and what has the keyboard is in sight.
        form.headers.add();
        const view = findChild(pane, "settingsView") as Flickable;
        const first = pane.Window.activeFocusItem;
        const names = new Set([first.Accessible.name]);
        for (let i = 0; i < 60; ++i) {
            keyClick(Qt.Key_Tab);
            const item = pane.Window.activeFocusItem;
            if (item === first)
                break;
            verify(item.Accessible.name.length > 0);
            names.add(item.Accessible.name);
            let inside = item;
            while (inside && inside !== view)
                inside = inside.parent;
            const y = item.mapToItem(view, 0, 0).y;
            verify(!inside || (y >= 0 && y + item.height <= view.height), item.Accessible.name);
        }
        for (const name of ["Subprotocols", "Origin", "User agent", "Largest message", "Connect within", "Ping every",
                            "Connect again by itself when the connection is lost", "Add a message", "Trust those in",
                            "Own certificate", "Its key", "Pinned SHA-256", "Name of header 1", "Delete header 1",
                            "Save and connect"])
            verify(names.has(name), name);
        compare(pane.Accessible.name, "Settings of wss://one/a");
    }

    function test_aPinIsForgotten() {
        settings.setPinnedFingerprint("wss://one/", "ab".repeat(32));
        const forget = findChild(pane, "forgetFingerprint") as Command;
        verify(forget.visible);
        forget.clicked();
        verify(!forget.visible);
        compare(form.modified, true);
        compare(form.problem, "");
    }

    function test_plainOnesHaveNoCertificates() {
        verify(field("caFile") !== undefined);
        form.load("ws://one/a");
        verify(!(findChild(pane, "caFile") as SettingField).visible);
        verify(!(findChild(pane, "pinnedFingerprint") as SettingField).visible);
    }
}
