// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "RetryBar"
    width: 600
    height: 200
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
