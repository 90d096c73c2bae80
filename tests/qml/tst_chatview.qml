// SPDX-License-Identifier: MIT
import QtQuick
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
    function add(count: int) {
        for (let i = 0; i < count; ++i) {
            const number = view.model.count;
            view.model.insert(0, {
                prefix: "<",
                text: "entry " + number + " word".repeat(number * 37 % 200),
                cut: false,
                direction: EntryType.Received,
                kind: EntryType.Text,
                time: new Date(),
                size: 1,
                repeat: 1,
                roundTrip: -1,
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
        add(3);
        compare(rowOf(1).width, 600);
        view.width = 333;
        compare(rowOf(1).width, 333);
    }

    function test_theNewestStaysInSight() {
        for (let i = 0; i < 20; ++i) {
            add(1);
            verify(newestIsInSight(), "after entry " + i);
            verify(view.following);
        }
        add(100);
        verify(newestIsInSight(), "after a batch");
    }

    function test_theNewestStaysInSightWhenTheWindowChanges() {
        add(50);
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
        add(100);
        view.scrollPages(-3);
        waitForRendering(view);
        verify(!view.following);
        const number = view.model.count - 1 - view.indexAt(10, view.contentY + view.height / 2);
        const top = topOf(number);
        for (let i = 0; i < 20; ++i) {
            add(1);
            compare(topOf(number), top, "after entry " + i);
        }
        add(100);
        compare(topOf(number), top, "after a batch");
        verify(!view.following);
    }

    function test_theWheelScrolls() {
        add(100);
        mouseWheel(view, 10, 10, 0, 1200);
        tryVerify(() => !view.moving);
        verify(!view.following);
        const number = view.model.count - 1 - view.indexAt(10, view.contentY + view.height / 2);
        const top = topOf(number);
        add(5);
        compare(topOf(number), top);
        for (let i = 0; i < 20 && !view.following; ++i) {
            mouseWheel(view, 10, 10, 0, -1200);
            tryVerify(() => !view.moving);
        }
        verify(newestIsInSight());
    }

    function test_backToTheNewest() {
        add(100);
        view.scrollPages(-3);
        add(50);
        view.showNewest();
        waitForRendering(view);
        verify(newestIsInSight());
        add(1);
        verify(newestIsInSight());
    }

    function test_toTheOldestAndBackByPages() {
        add(100);
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
        add(100);
        view.model.remove(50, 50);
        waitForRendering(view);
        verify(newestIsInSight());
    }

    function test_itIsNamedForAScreenReader() {
        compare(view.Accessible.role, Accessible.List);
        compare(view.Accessible.name, "Transcript");
    }
}
