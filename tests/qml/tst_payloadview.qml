// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "PayloadView"
    width: 800
    height: 600
    visible: true
    when: windowShown

    Component {
        id: component

        PayloadView {
            width: 720
            height: 400
        }
    }

    SignalSpy {
        id: copySpy

        signalName: "copyRequested"
    }

    SignalSpy {
        id: saveSpy

        signalName: "saveRequested"
    }

    function init() {
        failOnWarning(/.?/);
        copySpy.clear();
        saveSpy.clear();
    }

    /// The bytes of text in UTF-8.
    function bytes(text: string): var {
        const utf8 = unescape(encodeURIComponent(text));
        const array = new Uint8Array(utf8.length);
        for (let i = 0; i < utf8.length; ++i)
            array[i] = utf8.charCodeAt(i);
        return array.buffer;
    }

    function create(properties: var): PayloadView {
        const view = createTemporaryObject(component, root, properties);
        view.forceActiveFocus();
        waitForRendering(view);
        return view;
    }

    function list(view: Item): ListView {
        return findChild(view, "lines");
    }

    function rowOf(view: Item, row: int): PayloadLine {
        return list(view).itemAtIndex(row) as PayloadLine;
    }

    function rowText(view: Item, row: int): string {
        return rowOf(view, row).text;
    }

    readonly property string nested: '{"a":{"b":[1,2],"c":3},"d":"x"}'

    function test_theTabsShowTheMessageThreeWays() {
        const view = create({payload: bytes(nested)});
        verify(findChild(view, "jsonTab").checked);
        compare(list(view).count, 10);
        compare(rowText(view, 1), '"a": {');

        mouseClick(findChild(view, "textTab"));
        verify(findChild(view, "textTab").checked);
        compare(list(view).count, 1);
        compare(rowText(view, 0), nested);

        mouseClick(findChild(view, "hexTab"));
        verify(findChild(view, "hexTab").checked);
        compare(list(view).count, 2);
        verify(rowText(view, 0).startsWith("7b 22 61 22 3a 7b 22 62  22 "));
    }

    function test_binaryOpensAsHex() {
        const view = create({payload: bytes(nested), isBinary: true});
        verify(findChild(view, "hexTab").checked);
        verify(rowText(view, 0).endsWith('{"a":{"b":[1,2],'));
    }

    function test_whatIsNotJsonIsTextAndSaysWhy() {
        const view = create({payload: bytes("<b>no</b>")});
        compare(findChild(view, "problem").text, "");
        mouseClick(findChild(view, "jsonTab"));
        verify(findChild(view, "jsonTab").checked);
        verify(findChild(view, "problem").visible);
        verify(findChild(view, "problem").text.includes("line 1, column 1"));
        compare(rowText(view, 0), "<b>no</b>");
    }

    function test_theKeyboardMovesAndFolds() {
        const view = create({payload: bytes(nested)});
        const lines = list(view);
        compare(lines.currentIndex, 0);
        keyClick(Qt.Key_Down);
        keyClick(Qt.Key_Down);
        compare(rowText(view, lines.currentIndex), '"b": [');
        keyClick(Qt.Key_Left);
        compare(lines.count, 7);
        compare(rowText(view, 2), '"b": [ 2 items ],');
        keyClick(Qt.Key_Left);
        compare(lines.currentIndex, 1);
        keyClick(Qt.Key_Left);
        compare(rowText(view, 1), '"a": { 2 keys },');
        keyClick(Qt.Key_Right);
        compare(lines.count, 7);
        keyClick(Qt.Key_Right);
        compare(lines.currentIndex, 2);
        keyClick(Qt.Key_Right);
        compare(lines.count, 10);
        keyClick(Qt.Key_End);
        compare(lines.currentIndex, 9);
        keyClick(Qt.Key_Up);
        compare(rowText(view, lines.currentIndex), '"d": "x"');
        keyClick(Qt.Key_Home);
        compare(lines.currentIndex, 0);
    }

    function test_theMouseFolds() {
        const view = create({payload: bytes(nested)});
        const row = rowOf(view, 1);
        mouseClick(findChild(row, "fold"));
        compare(list(view).count, 4);
        compare(list(view).currentIndex, 1);
        mouseClick(rowOf(view, 1), row.width - 50); // on the words: only points
        compare(list(view).count, 4);
        mouseClick(findChild(rowOf(view, 1), "fold"));
        compare(list(view).count, 10);
    }

    function test_differencesAreMarked() {
        const view = create({payload: bytes('{"n":2,"o":{"new":1}}')});
        const changes = findChild(view, "changes");
        verify(!changes.visible);
        view.previous = bytes('{"n":1,"o":{"old":1}}');
        verify(changes.visible);
        mouseClick(changes);
        compare(changes.text, "3 changes");
        tryCompare(list(view), "count", 7);
        compare(rowText(view, 1), '"n": 2,  was 1');
        compare(rowOf(view, 1).mark, "~");
        compare(rowOf(view, 3).mark, "−");
        compare(rowText(view, 3), '"old": 1');
        compare(rowOf(view, 4).mark, "+");
        mouseClick(changes);
        compare(changes.text, "Changes");
        tryCompare(list(view), "count", 6);
        view.previous = bytes('{"another":1}');
        verify(!changes.visible);
    }

    function test_copyAndSaveAreAskedFor() {
        const view = create({payload: bytes("x")});
        copySpy.target = view;
        saveSpy.target = view;
        mouseClick(findChild(view, "copy"));
        compare(copySpy.count, 1);
        mouseClick(findChild(view, "save"));
        compare(saveSpy.count, 1);
    }

    function test_wordsArePlainAndColoured() {
        const view = create({payload: bytes('{"<b>k</b>":"<img src=\'http://127.0.0.1:9/x\'>","n":1,"t":null}')});
        const tones = {};
        for (let row = 0; row < list(view).count; ++row) {
            const item = rowOf(view, row);
            for (const span of item.spans)
                tones[span.text] = item.toneOf(span.kind);
        }
        verify(Qt.colorEqual(tones['"<b>k</b>"'], Theme.jsonKey));
        verify(Qt.colorEqual(tones['"<img src=\'http://127.0.0.1:9/x\'>"'], Theme.jsonString));
        verify(Qt.colorEqual(tones["1"], Theme.jsonNumber));
        verify(Qt.colorEqual(tones["null"], Theme.jsonKeyword));
        compare(rowOf(view, 1).text, '"<b>k</b>": "<img src=\'http://127.0.0.1:9/x\'>",');
    }

    function test_rowsFitAndAreOneLineHigh_data() {
        return [
            {tag: "letters", payload: "x".repeat(1000000)},
            {tag: "Han", payload: "漢".repeat(10000)},
            {tag: "emoji", payload: "😀".repeat(10000)},
            {tag: "combining marks", payload: "e" + "\u0301".repeat(10000)},
            {tag: "bidi overrides", payload: "\u202e".repeat(10000)},
            {tag: "mixed bidi", payload: "aש".repeat(10000)},
            {tag: "ligatures", payload: "\ufdfd".repeat(10000)},
            {tag: "a string", payload: '["' + "x".repeat(1000000) + '"]'},
            {tag: "deep", payload: "[".repeat(500) + "]".repeat(500)}
        ];
    }

    function test_rowsFitAndAreOneLineHigh(data) {
        for (const width of [320, 720]) {
            const view = create({payload: bytes(data.payload), width: width});
            const lines = list(view);
            tryVerify(() => lines.count > 1);
            for (const place of [ListView.Beginning, ListView.End]) {
                lines.positionViewAtIndex(place === ListView.Beginning ? 0 : lines.count - 1, place);
                for (const row of Array.from(lines.contentItem.children)) {
                    if (!row.spans || !row.visible)
                        continue;
                    const words = findChild(row, "words");
                    const end = words.mapToItem(row, words.width, 0).x;
                    verify(end <= view.width + 0.01, "ends at " + end + ": " + row.text);
                }
            }
        }
    }

    function test_aNewWidthKeepsThePlace() {
        const view = create({payload: bytes("0123456789 ".repeat(20000)), mode: PayloadLines.Text});
        const lines = list(view);
        tryVerify(() => lines.count > 2000);
        const before = lines.count;
        lines.positionViewAtIndex(1000, ListView.Beginning);
        const share = lines.indexAt(0, lines.contentY) / lines.count;
        view.width = 400;
        tryVerify(() => lines.count > 1.5 * before);
        fuzzyCompare(lines.indexAt(0, lines.contentY) / lines.count, share, 0.01);
        view.mode = PayloadLines.Auto;
    }

    function test_anotherMessageIsSeenFromItsBeginning() {
        const view = create({payload: bytes("line\n".repeat(1000))});
        keyClick(Qt.Key_End);
        compare(list(view).currentIndex, 1000);
        view.payload = bytes("other\n".repeat(1000));
        compare(list(view).currentIndex, 0);
        compare(list(view).indexAt(0, list(view).contentY + Theme.gap), 0);
    }

    function test_aScreenReaderHearsIt() {
        const view = create({payload: bytes(nested)});
        compare(list(view).Accessible.name, "Payload");
        const row = rowOf(view, 1);
        compare(row.Accessible.name, '"a": {');
        compare(row.Accessible.description, "2  unfolded");
        compare(findChild(view, "jsonTab").Accessible.name, "JSON");
        compare(findChild(view, "jsonTab").Accessible.role, Accessible.PageTab);
        compare(findChild(view, "save").Accessible.name, "Save");
    }

    function test_aNarrowWindowHasRoomForTheButtons() {
        const view = create({payload: bytes('{"n":2}'), previous: bytes('{"n":1}'), width: 320});
        const save = findChild(view, "save");
        verify(save.mapToItem(view, save.width, 0).x <= view.width);
        const hex = findChild(view, "hexTab");
        const changes = findChild(view, "changes");
        verify(hex.mapToItem(view, hex.width, 0).x <= changes.mapToItem(view, 0, 0).x);
        compare(changes.Accessible.name, "Changes");
    }
}
