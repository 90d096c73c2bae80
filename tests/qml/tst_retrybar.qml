// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "RetryBar"
    width: 600
    height: 400
    visible: true
    when: windowShown

    Component {
        id: component

        RetryBar {
            width: 320
        }
    }

    SignalSpy {
        id: now

        signalName: "nowRequested"
    }
    SignalSpy {
        id: stop

        signalName: "stopRequested"
    }

    SignalSpy {
        id: server

        signalName: "serverRequested"
    }

    function test_aLowWindowHasOneLineForIt() {
        failOnWarning(/.?/);
        const bar = createTemporaryObject(component, root, {offersServer: true});
        const button = findChild(bar, "startServer");
        bar.attempt = 12;
        bar.secondsLeft = 59;
        bar.waiting = true;
        waitForRendering(bar);
        const height = bar.implicitHeight;
        bar.isLow = true;
        tryVerify(() => bar.implicitHeight < height * 0.7);
        compare(findChild(bar, "retryWords").text, "Connecting again in 59 s.");
        verify(!button.visible);
        bar.waiting = false;
        verify(button.visible, "there is nothing else to say");
        bar.width = 720;
        bar.waiting = true;
        verify(button.visible, "there is room");
    }

    function test_aServerIsOffered_data() {
        return [{tag: "narrow", width: 320}, {tag: "wide", width: 720}];
    }

    function test_aServerIsOffered(row) {
        failOnWarning(/.?/);
        const bar = createTemporaryObject(component, root, {width: row.width});
        const button = findChild(bar, "startServer");
        server.target = bar;
        server.clear();
        verify(!bar.visible);
        bar.offersServer = true;
        verify(bar.visible && button.visible);
        waitForRendering(bar);
        mouseClick(button);
        compare(server.count, 1);
        button.forceActiveFocus();
        keyClick(Qt.Key_Return);
        compare(server.count, 2);

        // Everything has its place.
        bar.attempt = 12;
        bar.secondsLeft = 59;
        bar.waiting = true;
        waitForRendering(bar);
        const places = [];
        for (const name of ["retryWords", "retryNow", "retryStop", "startServer"]) {
            const item = findChild(bar, name);
            const place = item.mapToItem(bar, 0, 0, item.width, item.height);
            verify(item.visible && place.width > 0);
            verify(place.left >= 0 && place.right <= bar.width && place.bottom <= bar.height, name + " " + place);
            for (const other of places)
                verify(place.left >= other.right || place.top >= other.bottom, name + " " + place + " " + other);
            places.push(place);
        }
        if (row.width > 400)
            compare(findChild(bar, "retryWords").lineCount, 1);
    }

    function test_itSaysWhenAndWhyNot() {
        failOnWarning(/.?/);
        const bar = createTemporaryObject(component, root);
        const words = findChild(bar, "retryWords");
        now.target = bar;
        stop.target = bar;
        verify(!bar.visible);
        bar.attempt = 1;
        bar.secondsLeft = 3;
        bar.waiting = true;
        verify(bar.visible);
        compare(words.text, "Connecting again in 3 s.");
        bar.attempt = 4;
        compare(words.text, "Connecting again in 3 s, attempt 4.");
        waitForRendering(bar);
        mouseClick(findChild(bar, "retryNow"));
        compare(now.count, 1);
        mouseClick(findChild(bar, "retryStop"));
        compare(stop.count, 1);
        bar.waiting = false;
        verify(!bar.visible);
        bar.reason = "Because of <b>.";
        verify(bar.visible);
        compare(words.text, bar.reason);
        compare(words.textFormat, Text.PlainText);
        verify(!findChild(bar, "retryNow").visible);
    }
}
