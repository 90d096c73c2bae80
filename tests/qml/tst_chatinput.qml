// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "ChatInput"
    width: 400
    height: 200
    visible: true
    when: windowShown

    Component {
        id: component

        ChatInput {
            width: 300
            focus: true
        }
    }

    SignalSpy {
        id: accepted

        signalName: "accepted"
    }

    property ChatInput input

    function init() {
        failOnWarning(/.?/);
        input = createTemporaryObject(component, root);
        accepted.target = input;
        accepted.clear();
        input.forceActiveFocus();
    }

    function field(): Item {
        return findChild(input, "input");
    }

    function test_enterHandsTheLineOver() {
        keySequence("h,i");
        keyClick(Qt.Key_Return);
        compare(accepted.count, 1);
        compare(accepted.signalArguments[0][0], "hi");
        compare(input.text, "hi", "it stays until whoever got it clears it");
        input.clear();
        compare(input.text, "");
        verify(field().activeFocus);
        keySequence("y,o");
        keyClick(Qt.Key_Enter);
        compare(accepted.signalArguments[1][0], "yo", "nothing is left of the first line");
    }

    function test_enterOnNothingDoesNothing() {
        keyClick(Qt.Key_Return);
        compare(accepted.count, 0);
    }

    function test_blanksAreAMessage() {
        keyClick(Qt.Key_Space);
        keyClick(Qt.Key_Return);
        compare(accepted.signalArguments[0][0], " ");
    }

    function test_aLongLineIsNotCut() {
        const line = "x".repeat(100000);
        field().text = line;
        keyClick(Qt.Key_Return);
        compare(accepted.signalArguments[0][0].length, line.length);
    }

    function test_whatIsTooLongIsNotPutIn() {
        let overflows = 0;
        input.overflowed.connect(() => ++overflows);
        field().text = "x".repeat(input.maximumLength);
        keyClick(Qt.Key_End);
        keySequence("y");
        compare(overflows, 1);
        compare(input.text.length, input.maximumLength);
        verify(!input.text.includes("y"));

        // A paste is put in as a whole or not at all.
        field().selectAll();
        field().copy();
        field().cursorPosition = 0;
        field().text = "short";
        field().forceActiveFocus();
        keySequence(StandardKey.Paste);
        compare(overflows, 2);
        compare(input.text, "short");
    }

    function test_everyCharacterIsKept() {
        field().text = "<b>€😀\u202e\t</b>";
        keyClick(Qt.Key_Return);
        compare(accepted.signalArguments[0][0], "<b>€😀\u202e\t</b>");
    }

    function test_aNoticeIsShownBelow() {
        const notice = findChild(input, "notice");
        const height = input.implicitHeight;
        verify(!notice.visible);
        input.notice = "<img src='http://127.0.0.1:9/x'> not sent";
        verify(notice.visible);
        compare(notice.text, input.notice);
        compare(notice.textFormat, Text.PlainText);
        verify(input.implicitHeight > height, "there is room for it");
    }

    function test_typingIsSaid() {
        let edits = 0;
        input.edited.connect(() => ++edits);
        keySequence("a,b");
        compare(edits, 2);
        input.clear();
        compare(edits, 2);
    }

    function test_itFollowsItsWidth() {
        input.width = 350;
        const wide = field().width;
        input.width = 200;
        compare(field().width, wide - 150);
    }
}
