// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Dialogs
import QtQuick.Templates as Controls
import QtTest
import AwesomeChat

/*! How a file is chosen in a dialog: Qt's own here, because the tests' desktop has none. */
TestCase {
    id: root

    name: "BrowseButton"
    width: 700
    height: 500
    visible: true
    when: windowShown

    Component {
        id: pathComponent

        PathBar {
            width: 700
            prompt: "File to send"
            action: "Send…"
            browses: true
        }
    }

    Component {
        id: fieldComponent

        SettingField {
            width: 400
            label: "Its key"
            isFile: true
        }
    }

    SignalSpy {
        id: spy
    }

    function watch(target: var, signalName: string) {
        spy.target = null;
        spy.signalName = signalName;
        spy.target = target;
        spy.clear();
    }

    function init() {
        failOnWarning(/.?/);
    }

    /*! What is seen of \a text in \a item; or null. */
    function shownWith(text: string, item: Item): Item {
        if (!item.visible)
            return null;
        const words = (item as Text)?.text ?? (item as Controls.AbstractButton)?.text;
        if (text === words)
            return item;
        for (let i = 0; i < item.children.length; ++i) {
            const found = shownWith(text, item.children[i]);
            if (found !== null)
                return found;
        }
        return null;
    }

    readonly property Item overlay: Controls.Overlay.overlay

    /*! Opens the dialog of \a item, in the folder of this file. */
    function browse(item: Item, button: Item): FileDialog {
        mouseClick(button);
        const dialog = findChild(item, "fileDialog") as FileDialog;
        verify(dialog !== null);
        dialog.currentFolder = Qt.resolvedUrl(".");
        tryVerify(() => shownWith("CMakeLists.txt", overlay) !== null, 5000, "the folder is shown");
        return dialog;
    }

    function test_aFileThatIsChosenIsTakenAtOnce() {
        const bar = createTemporaryObject(pathComponent, root);
        watch(bar, "accepted");
        waitForRendering(bar);
        verify(findChild(bar, "fileDialog") === null, "it is loaded when it is wanted");
        const dialog = browse(bar, shownWith("Browse…", bar));
        compare(dialog.title, "File to send");
        mouseClick(shownWith("CMakeLists.txt", overlay));
        mouseClick(shownWith("Open", overlay));
        tryCompare(spy, "count", 1);
        verify(bar.path.startsWith("/") && bar.path.endsWith("/tests/qml/CMakeLists.txt"), bar.path);
        compare(spy.signalArguments[0][0], bar.path);
        compare(spy.signalArguments[0][1], false);
        verify(!dialog.visible);
    }

    function test_cancellingChangesNothing() {
        const bar = createTemporaryObject(pathComponent, root);
        bar.path = "/typed before";
        watch(bar, "accepted");
        waitForRendering(bar);
        const button = shownWith("Browse…", bar);
        for (const cancel of [() => mouseClick(shownWith("Cancel", overlay)), () => keyClick(Qt.Key_Escape)]) {
            const dialog = browse(bar, button);
            mouseClick(shownWith("CMakeLists.txt", overlay));
            cancel();
            tryVerify(() => !dialog.visible);
            compare(bar.path, "/typed before");
            tryVerify(() => button.activeFocus, 5000, "the keyboard is where it was");
        }
        compare(spy.count, 0);
    }

    function test_downOpensItFromThePath() {
        const bar = createTemporaryObject(pathComponent, root);
        bar.focusField();
        keyClick(Qt.Key_Down);
        tryVerify(() => (findChild(bar, "fileDialog") as FileDialog)?.visible ?? false);
        keyClick(Qt.Key_Escape);
        bar.browses = false;
        tryVerify(() => findChild(bar, "fileDialog") === null);
        bar.focusField();
        keyClick(Qt.Key_Down);
        verify(findChild(bar, "fileDialog") === null);
    }

    function test_aFieldTakesThePath() {
        const field = createTemporaryObject(fieldComponent, root);
        waitForRendering(field);
        browse(field, shownWith("…", field));
        mouseClick(shownWith("CMakeLists.txt", overlay));
        keyClick(Qt.Key_Return);
        tryVerify(() => field.text.endsWith("/tests/qml/CMakeLists.txt"), 5000, field.text);
    }

    function test_aPathIsTheOneThatWouldBeTyped_data() {
        return [{tag: "plain", file: "file:///tmp/a.bin", path: "/tmp/a.bin"},
                {tag: "blank", file: "file:///tmp/a%20b", path: "/tmp/a b"},
                {tag: "percent", file: "file:///tmp/a%2541", path: "/tmp/a%41"},
                {tag: "hash", file: "file:///tmp/%23%3F", path: "/tmp/#?"},
                {tag: "accent", file: "file:///tmp/%C3%A9", path: "/tmp/é"}];
    }

    function test_aPathIsTheOneThatWouldBeTyped(data: var) {
        const button = createTemporaryObject(buttonComponent, root);
        compare(button.pathOf(data.file), data.path);
    }

    Component {
        id: buttonComponent

        BrowseButton {
            title: "A file"
        }
    }
}
