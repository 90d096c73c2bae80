// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "LocalServerBar"
    width: 600
    height: 200
    visible: true
    when: windowShown

    Component {
        id: component

        LocalServerBar {
            width: 320
        }
    }

    SignalSpy {
        id: dismissed

        signalName: "dismissed"
    }

    function test_itSaysWhatThereIsToKnowUntilItIsRead() {
        failOnWarning(/.?/);
        const bar = createTemporaryObject(component, root);
        dismissed.target = bar;
        verify(!bar.visible);
        bar.notice = "Port 3000 is taken by <b>node</b> (1234): the local echo server listens on 41237 instead.";
        verify(bar.visible);
        waitForRendering(bar);
        const words = findChild(bar, "localServerNotice");
        compare(words.text, bar.notice);
        compare(words.textFormat, Text.PlainText);
        verify(!words.truncated);
        verify(bar.height >= words.height);
        const colour = words.color.toString();
        bar.failed = true;
        verify(words.color.toString() !== colour);

        const button = findChild(bar, "dismissNotice");
        verify(button.Accessible.name.length > 1);
        mouseClick(button);
        compare(dismissed.count, 1);
        button.forceActiveFocus();
        keyClick(Qt.Key_Return);
        compare(dismissed.count, 2);
        bar.notice = "";
        verify(!bar.visible);
    }
}
