// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "FilterBar"
    width: 900
    height: 200
    visible: true
    when: windowShown

    Component {
        id: component

        FilterBar {
            width: 900
        }
    }

    SignalSpy {
        id: older

        signalName: "olderRequested"
    }
    SignalSpy {
        id: newer

        signalName: "newerRequested"
    }
    SignalSpy {
        id: closed

        signalName: "closed"
    }

    property FilterBar bar

    function init() {
        failOnWarning(/.?/);
        bar = createTemporaryObject(component, root);
        for (const spy of [older, newer, closed]) {
            spy.target = bar;
            spy.clear();
        }
        bar.focusField();
    }

    function result(): string {
        return findChild(bar, "filterResult").text;
    }

    function test_saysWhatItFindsAndHides() {
        compare(result(), "");
        bar.active = true;
        bar.entryCount = 1500;
        compare(result(), "%L1 found, %L2 hidden".replace("%L1", "0").replace("%L2", Number(1500).toLocaleString(Qt.locale(), "f", 0)));
        bar.hitCount = 3;
        bar.entryCount = 10;
        compare(result(), "3 found, 7 hidden");
        bar.current = 2;
        compare(result(), "2 of 3, 7 hidden");
        mouseClick(findChild(bar, "hidesOthers"));
        compare(bar.hidesOthers, false);
        compare(result(), "2 of 3");
        bar.searching = true;
        verify(result().startsWith("searching"));
    }

    function test_enterGoesFromHitToHit() {
        keyClick(Qt.Key_A);
        compare(bar.text, "a");
        keyClick(Qt.Key_Return);
        keyClick(Qt.Key_Enter);
        compare(older.count, 2);
        keyClick(Qt.Key_Return, Qt.ShiftModifier);
        compare(newer.count, 1);
        mouseClick(findChild(bar, "older")); // nothing was found
        compare(older.count, 2);
        bar.hitCount = 1;
        mouseClick(findChild(bar, "older"));
        compare(older.count, 3);
        mouseClick(findChild(bar, "newer"));
        compare(newer.count, 2);
        keyClick(Qt.Key_Escape);
        compare(closed.count, 1);
    }

    function test_directions() {
        mouseClick(findChild(bar, "sentOnly"));
        compare(bar.direction, "sent");
        mouseClick(findChild(bar, "receivedOnly"));
        compare(bar.direction, "received");
        mouseClick(findChild(bar, "receivedOnly"));
        compare(bar.direction, "all");
        mouseClick(findChild(bar, "messagesOnly"));
        compare(bar.messagesOnly, true);
        mouseClick(findChild(bar, "binaryOnly"));
        compare(bar.binaryOnly, true);
    }

    function test_everythingFitsIntoANarrowWindow_data() {
        return [{width: 320}, {width: 480}, {width: 719}, {width: 720}, {width: 2000}];
    }

    function test_everythingFitsIntoANarrowWindow(data) {
        bar.width = data.width;
        bar.active = true;
        bar.hitCount = 123456;
        bar.current = 123456;
        bar.entryCount = 1234567;
        waitForRendering(bar);
        for (const name of ["filterText", "older", "newer", "hidesOthers", "sentOnly", "receivedOnly", "messagesOnly",
                            "binaryOnly", "closeFilter", "filterResult"]) {
            const item = findChild(bar, name);
            const place = item.mapToItem(bar, 0, 0);
            verify(place.x >= 0 && place.x + item.width <= bar.width, name + " " + place.x + " " + item.width);
            verify(place.y >= 0 && place.y + item.height <= bar.height, name);
        }
        verify(findChild(bar, "filterText").width > 60, findChild(bar, "filterText").width);
    }

    function test_itIsReachedByTab() {
        const names = ["filterText", "hidesOthers", "sentOnly", "receivedOnly", "messagesOnly", "binaryOnly", "closeFilter"];
        for (const name of names) {
            verify(findChild(bar, name).activeFocus, name);
            keyClick(Qt.Key_Tab);
        }
    }
}
