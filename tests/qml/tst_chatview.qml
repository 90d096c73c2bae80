// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as Controls
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "ChatView"
    width: 600
    height: 400
    visible: true
    when: windowShown

    Component {
        id: component

        ChatView {
            y: 80
            width: 600
            height: 300
            model: ListModel {}
        }
    }

    property ChatView view

    function init() {
        failOnWarning(/.?/);
        view = createTemporaryObject(component, root);
    }

    /// Adds count entries, as Transcript does: the newest is row 0. Their heights differ.
    function add(count: int, words: int) {
        for (let i = 0; i < count; ++i) {
            const number = view.model.count;
            view.model.insert(0, {
                prefix: "<",
                text: "entry " + number + " word".repeat(number * 37 % words),
                cut: false,
                direction: EntryType.Received,
                kind: EntryType.Text,
                time: new Date(),
                size: 1,
                repeat: 1,
                roundTrip: -1,
                delivery: -1,
                mark: Transcript.NoMark,
                seq: number + 1
            });
        }
        view.forceLayout();
        waitForRendering(view);
    }

    /// The row that shows the entry of the given number, and where its top is in the view.
    function rowOf(number: int): Item {
        return view.itemAtIndex(view.model.count - 1 - number);
    }

    function topOf(number: int): real {
        return rowOf(number).mapToItem(view, 0, 0).y;
    }

    function newestIsInSight(): bool {
        const newest = view.itemAtIndex(0);
        if (newest === null)
            return false;
        const below = view.height - newest.mapToItem(view, 0, newest.height).y;
        return Math.abs(below) < 1;
    }

    function test_rowsAreAsWideAsTheView() {
        add(3, 200);
        compare(rowOf(1).width, 600);
        view.width = 333;
        compare(rowOf(1).width, 333);
    }

    function test_theNewestStaysInSight() {
        for (let i = 0; i < 20; ++i) {
            add(1, 200);
            verify(newestIsInSight(), "after entry " + i);
            verify(view.following);
        }
        add(100, 200);
        verify(newestIsInSight(), "after a batch");
    }

    function test_theNewestStaysInSightWhenTheWindowChanges() {
        add(50, 200);
        view.height = 150;
        waitForRendering(view);
        verify(newestIsInSight(), "smaller");
        view.height = 400;
        waitForRendering(view);
        verify(newestIsInSight(), "larger");
        view.width = 300;
        waitForRendering(view);
        verify(newestIsInSight(), "narrower");
    }

    function test_theReadersPlaceIsKept() {
        add(100, 200);
        view.scrollPages(-3);
        waitForRendering(view);
        verify(!view.following);
        const number = view.model.count - 1 - view.indexAt(10, view.contentY + view.height / 2);
        const top = topOf(number);
        for (let i = 0; i < 20; ++i) {
            add(1, 200);
            compare(topOf(number), top, "after entry " + i);
        }
        add(100, 200);
        compare(topOf(number), top, "after a batch");
        verify(!view.following);
    }

    function test_theWheelScrolls() {
        add(100, 200);
        mouseWheel(view, 10, 10, 0, 1200);
        tryVerify(() => !view.moving);
        verify(!view.following);
        const number = view.model.count - 1 - view.indexAt(10, view.contentY + view.height / 2);
        const top = topOf(number);
        add(5, 200);
        compare(topOf(number), top);
        for (let i = 0; i < 20 && !view.following; ++i) {
            mouseWheel(view, 10, 10, 0, -1200);
            tryVerify(() => !view.moving);
        }
        verify(newestIsInSight());
    }

    function test_backToTheNewest() {
        add(100, 200);
        view.scrollPages(-3);
        add(50, 200);
        view.showNewest();
        waitForRendering(view);
        verify(newestIsInSight());
        add(1, 200);
        verify(newestIsInSight());
    }

    function test_toTheOldestAndBackByPages() {
        add(100, 200);
        view.showOldest();
        waitForRendering(view);
        verify(rowOf(0) !== null);
        verify(topOf(0) >= 0);
        for (let i = 0; i < 200 && !view.following; ++i) {
            view.scrollPages(1);
            waitForRendering(view);
        }
        verify(newestIsInSight());
    }

    function test_theOldestMayGo() {
        add(100, 200);
        view.model.remove(50, 50);
        waitForRendering(view);
        verify(newestIsInSight());
    }

    function topLeft(number: int): point {
        return rowOf(number).mapToItem(view, 0, 0);
    }

    function selected(): var {
        const seqs = [];
        for (let row = view.count - 1; row >= 0; --row) {
            const item = view.itemAtIndex(row);
            if (item !== null && item.selected)
                seqs.push(item.seq);
        }
        return seqs;
    }

    SignalSpy {
        id: opened

        target: root.view
        signalName: "opened"
    }
    SignalSpy {
        id: copied

        target: root.view
        signalName: "copyRequested"
    }
    SignalSpy {
        id: sent

        target: root.view
        signalName: "sendRequested"
    }
    SignalSpy {
        id: edited

        target: root.view
        signalName: "editRequested"
    }

    function clearSpies() {
        for (const spy of [opened, copied, sent, edited])
            spy.clear();
    }

    /// What was told last.
    function last(spy: SignalSpy): var {
        return Array.from(spy.signalArguments[spy.count - 1]);
    }

    function test_rowsAreChosenWithTheMouse() {
        clearSpies();
        add(4, 2);
        mouseClick(view, 50, topOf(1) + 5);
        compare(selected(), [2]);
        verify(view.activeFocus);
        mouseClick(view, 50, topOf(3) + 5, Qt.LeftButton, Qt.ShiftModifier);
        compare(selected(), [2, 3, 4]);
        mouseClick(view, 50, topOf(2) + 5);
        compare(selected(), [3]);
        mouseDoubleClickSequence(view, 50, topOf(2) + 5);
        compare(last(opened), [3]);
    }

    function test_rowsAreChosenByDragging() {
        clearSpies();
        add(5, 2);
        mousePress(view, 50, topOf(3) + 3);
        mouseMove(view, 60, topOf(2) + 3);
        mouseMove(view, 60, topOf(1) + 3);
        compare(selected(), [2, 3, 4]);
        mouseMove(view, 60, topOf(2) + 3);
        compare(selected(), [3, 4]);
        mouseRelease(view, 60, topOf(2) + 3);
        mouseMove(view, 60, topOf(0) + 3);
        compare(selected(), [3, 4]);
        verify(view.following);
        keyClick(Qt.Key_C, Qt.ControlModifier);
        compare(last(copied), [3, 4, Transcript.Words]);
        keyClick(Qt.Key_C, Qt.ControlModifier | Qt.ShiftModifier);
        compare(last(copied), [3, 4, Transcript.Rows]);
    }

    function test_draggingBeyondTheEdgeScrolls() {
        add(60, 2);
        const newest = view.count - 1;
        mousePress(view, 50, topOf(newest) + 3);
        mouseMove(view, 50, 5);
        const before = selected().length;
        mouseMove(view, 50, -60);
        tryVerify(() => view.selectionFirst <= 20);
        verify(!view.following);
        mouseRelease(view, 50, -60);
        compare(view.selectionLast, newest + 1);
        verify(before < 40);
    }

    function test_rowsAreChosenWithTheKeys() {
        clearSpies();
        add(60, 2);
        view.forceActiveFocus();
        keyClick(Qt.Key_Up);
        keyClick(Qt.Key_Up);
        compare(selected().length, 1);
        const seq = view.selectionEnd;
        keyClick(Qt.Key_Up, Qt.ShiftModifier);
        compare(selected(), [seq - 1, seq]);
        keyClick(Qt.Key_Down);
        compare(selected(), [seq]);
        keyClick(Qt.Key_Return);
        compare(last(opened), [seq]);
        keyClick(Qt.Key_Return, Qt.ControlModifier);
        compare(last(sent), [seq]);
        compare(opened.count, 1);
        keyClick(Qt.Key_E, Qt.ControlModifier);
        compare(last(edited), [seq]);
        keyClick(Qt.Key_A, Qt.ControlModifier);
        compare(view.selectionFirst, 1);
        compare(view.selectionLast, 60);
        // Of many none can be edited.
        keyClick(Qt.Key_E, Qt.ControlModifier);
        compare(edited.count, 1);
    }

    function test_aRowThatGrowsStaysChosen() {
        add(3, 2);
        mouseClick(view, 50, topOf(2) + 5);
        compare(selected(), [3]);
        view.model.set(0, {seq: 5, repeat: 3});
        compare(selected(), [5]);
    }

    function test_theMenu() {
        clearSpies();
        add(3, 2);
        view.canSend = true;
        mouseClick(view, 50, topOf(1) + 5, Qt.RightButton);
        compare(selected(), [2]);
        const menu = root.Controls.Overlay.overlay;
        let entry = null;
        tryVerify(() => (entry = findChild(menu, "sendAgain")) !== null && entry.visible);
        verify(entry.enabled);
        mouseClick(entry);
        compare(last(sent), [2]);
        tryVerify(() => !entry.visible);

        // Of many rows, and without a connection, less can be done.
        mouseClick(view, 50, topOf(2) + 5, Qt.LeftButton, Qt.ShiftModifier);
        mouseClick(view, 50, topOf(1) + 5, Qt.RightButton);
        compare(selected(), [2, 3]);
        tryVerify(() => entry.visible);
        verify(!entry.enabled);
        verify(!findChild(menu, "edit").enabled);
        verify(!findChild(menu, "open").enabled);
        mouseClick(findChild(menu, "copyJson"));
        compare(last(copied), [2, 3, Transcript.JsonLines]);
        tryVerify(() => !entry.visible);

        view.forceActiveFocus();
        keyClick(Qt.Key_F10, Qt.ShiftModifier);
        tryVerify(() => entry.visible);
        keyClick(Qt.Key_Escape);
        tryVerify(() => view.activeFocus);
        verify(!entry.visible);
    }

    function test_thePillCountsWhatIsNew() {
        const pill = findChild(view, "pill");
        add(100, 2);
        verify(!pill.visible);
        view.scrollPages(-2);
        verify(!pill.visible);
        add(7, 2);
        compare(view.newCount, 7);
        verify(pill.visible);
        verify(pill.Accessible.name.startsWith("7 new"));
        mouseClick(pill);
        verify(newestIsInSight());
        verify(!pill.visible);
        compare(view.newCount, 0);
    }

    function test_whatIsLookedForIsMarked() {
        add(3, 2);
        view.needle = "ENTRY 1";
        compare(findChild(rowOf(0), "marked"), null);
        const marked = findChild(rowOf(1), "marked");
        verify(marked !== null);
        compare(marked.textFormat, TextEdit.PlainText);
        verify(!findChild(rowOf(1), "message").visible);
        fuzzyCompare(marked.height, findChild(rowOf(1), "message").height, 1);
        waitForRendering(view);
        const before = grabImage(view);
        view.needle = "word";
        waitForRendering(view);
        verify(!grabImage(view).equals(before));
        view.needle = "";
        tryVerify(() => findChild(rowOf(1), "marked") === null);
        verify(findChild(rowOf(1), "message").visible);
    }

    function test_itIsNamedForAScreenReader() {
        compare(view.Accessible.role, Accessible.List);
        compare(view.Accessible.name, "Transcript");
    }
}
