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
            sendText: text => {
                root.sentTexts.push(text);
                return root.takes;
            }
            sendLines: lines => {
                root.sentLines.push(Array.from(lines));
                return root.takes;
            }
        }
    }

    /*! What was sent without being in the line, and whether it is taken. */
    property var sentTexts: []
    property var sentLines: []
    property bool takes: true

    /*! Another line, to fill the clipboard. */
    InputText {
        id: other

        document: otherEdit.textDocument
    }

    TextEdit {
        id: otherEdit

        textFormat: TextEdit.PlainText
        visible: false
    }

    function copy(words: string) {
        other.text = words;
        other.copy(0, words.length);
    }

    function paste(words: string) {
        copy(words);
        keyClick(Qt.Key_V, Qt.ControlModifier);
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
        sentTexts = [];
        sentLines = [];
        takes = true;
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
        input.text = line;
        keyClick(Qt.Key_Return);
        compare(accepted.signalArguments[0][0].length, line.length);
    }

    function test_whatIsTooLongIsNotPutIn() {
        let overflows = 0;
        input.overflowed.connect(() => ++overflows);
        input.text = "x".repeat(input.maximumLength - 1);
        keyClick(Qt.Key_End, Qt.ControlModifier);
        keySequence("y,z");
        compare(overflows, 1);
        compare(input.text.length, input.maximumLength);
        verify(input.text.endsWith("xy"), "what was typed before it stays");
        keyClick(Qt.Key_Return, Qt.ShiftModifier);
        compare(overflows, 2);

        // In place of what is selected there is room.
        keyClick(Qt.Key_Left, Qt.ShiftModifier);
        keySequence("z");
        compare(overflows, 2);
        verify(input.text.endsWith("xz"));
    }

    function test_everyCharacterIsKept_data() {
        return [
            {tag: "markup", text: "<b>€😀\u202e\t</b>"},
            {tag: "blanks", text: "  two \u00a0\u202f "},
            {tag: "line ends", text: "a\rb\r\nc\nd\u2028e\u2029"},
            {tag: "controls", text: "a\0b\x1b[0m\ufeff"},
        ];
    }

    function test_everyCharacterIsKept(data: var) {
        input.text = data.text;
        keyClick(Qt.Key_Return);
        compare(accepted.signalArguments[0][0], data.text);
        input.replace("other");
        input.replace(data.text);
        keyClick(Qt.Key_Return);
        compare(accepted.signalArguments[1][0], data.text);
        // From line to line.
        input.text = data.text;
        keySequence(StandardKey.SelectAll);
        keySequence(StandardKey.Cut);
        compare(input.text, "");
        keyClick(Qt.Key_V, Qt.ControlModifier);
        if (input.text.length === 0)
            keyClick(Qt.Key_Return); // one message
        compare(input.text, data.text);
    }

    function test_halfACharacterIsNotSent() {
        input.text = "a\ud800";
        keyClick(Qt.Key_Return);
        compare(accepted.count, 0);
        verify(findChild(input, "notice").visible);
        keyClick(Qt.Key_End);
        keyClick(Qt.Key_Backspace);
        verify(!findChild(input, "notice").visible);
        keyClick(Qt.Key_Return);
        compare(accepted.signalArguments[0][0], "a");
    }

    function test_shiftEnterBreaksTheLine() {
        const height = input.implicitHeight;
        keySequence("a");
        keyClick(Qt.Key_Return, Qt.ShiftModifier);
        keyClick(Qt.Key_Enter, Qt.ShiftModifier);
        keySequence("b");
        compare(accepted.count, 0);
        compare(input.text, "a\n\nb");
        tryVerify(() => input.implicitHeight > height);
        keyClick(Qt.Key_Return);
        compare(accepted.signalArguments[0][0], "a\n\nb");
    }

    function test_itGrowsAndThenScrolls() {
        input.maximumLinesHeight = 100;
        input.text = "line\n".repeat(50);
        tryVerify(() => input.implicitHeight > 100);
        verify(input.implicitHeight < 140);
        const scroller = field().parent.parent;
        tryVerify(() => scroller.contentY > 500, 1000, "the cursor is in sight");
        keyClick(Qt.Key_Home, Qt.ControlModifier);
        tryCompare(scroller, "contentY", 0);
        keyClick(Qt.Key_End, Qt.ControlModifier);
        tryVerify(() => scroller.contentY > 500);
    }

    function test_tabGoesOn() {
        keySequence("a");
        keyClick(Qt.Key_Tab);
        compare(input.text, "a");
    }

    SignalSpy {
        id: older

        signalName: "olderRequested"
    }

    SignalSpy {
        id: newer

        signalName: "newerRequested"
    }

    function test_upAndDownAtTheEdges() {
        older.target = input;
        newer.target = input;
        older.clear();
        newer.clear();
        input.text = "first\nsecond\nthird";
        keyClick(Qt.Key_End, Qt.ControlModifier);
        keyClick(Qt.Key_Up);
        keyClick(Qt.Key_Up);
        compare(older.count, 0, "there are lines above");
        keyClick(Qt.Key_Up);
        compare(older.count, 1);
        keyClick(Qt.Key_Up, Qt.ShiftModifier);
        compare(older.count, 1, "that selects");
        keyClick(Qt.Key_Down);
        keyClick(Qt.Key_Down);
        compare(newer.count, 0);
        keyClick(Qt.Key_Down);
        compare(newer.count, 1);

        // One goes on by the same key.
        input.recall("one\ntwo", true);
        keyClick(Qt.Key_Up);
        compare(older.count, 2);
        input.recall("one\ntwo", false);
        keyClick(Qt.Key_Down);
        compare(newer.count, 2);
    }

    function test_aLineIsPastedAtOnce() {
        input.text = "ad";
        keyClick(Qt.Key_Left);
        paste("b\rc\u00a0\n");
        compare(input.text, "ab\rc\u00a0\nd");
        keyClick(Qt.Key_Z, Qt.ControlModifier);
        compare(input.text, "ad");
    }

    function question(): Item {
        return findChild(input, "pasteQuestion");
    }

    function test_manyLinesAreAskedAbout_data() {
        return [
            {tag: "one message", key: Qt.Key_Return, text: "<a\r\n\nb\nc\n>"},
            {tag: "three messages", key: Qt.Key_M, lines: ["a", "b", "c"], text: "<>"},
            {tag: "nothing", key: Qt.Key_Escape, text: "<>"},
        ];
    }

    function test_manyLinesAreAskedAbout(data: var) {
        input.text = "<>";
        keyClick(Qt.Key_Left);
        paste("a\r\n\nb\nc\n");
        verify(question());
        compare(findChild(question(), "pasteWords").text, "Pasted: 3 lines, 8 B");
        compare(input.text, "<>", "nothing is put in unasked");
        keyClick(data.key);
        tryVerify(() => !question());
        verify(field().activeFocus);
        compare(input.text, data.text);
        compare(sentLines, data.lines ? [data.lines] : []);
        compare(accepted.count, 0);
    }

    function test_whatIsNotTakenIsKept() {
        takes = false;
        paste("a\nb");
        keyClick(Qt.Key_M);
        compare(sentLines.length, 1);
        verify(question(), "it is still there to be asked about");
        takes = true;
        keyClick(Qt.Key_M);
        compare(sentLines.length, 2);
        tryVerify(() => !question());
    }

    function test_whatIsTooLongIsSentRightAway() {
        let overflows = 0;
        input.overflowed.connect(() => ++overflows);
        input.text = "draft";
        const words = "x".repeat(input.maximumLength);
        paste(words);
        verify(question());
        verify(findChild(question(), "pasteWords").text.includes("97.7 KiB"));
        verify(!findChild(question(), "pasteEach").visible);
        keyClick(Qt.Key_Return);
        tryVerify(() => !question());
        compare(sentTexts.length, 1);
        compare(sentTexts[0], words);
        compare(input.text, "draft");
        compare(overflows, 0);
    }

    SignalSpy {
        id: binaryAccepted

        signalName: "binaryAccepted"
    }

    function bytesOf(buffer: var): string {
        return Array.from(new Uint8Array(buffer)).map(one => one.toString(16)).toString();
    }

    function test_bytesAreTyped() {
        binaryAccepted.target = input;
        binaryAccepted.clear();
        const size = findChild(input, "size");
        const switcher = findChild(input, "encoding");
        input.draft = "a draft ";
        compare(input.text, "a draft ");
        switcher.clicked();
        compare(switcher.Accessible.name, "Type as hex");
        compare(input.text, "");
        compare(input.draft, "a draft ", "it is kept");
        keySequence("0,0,Space");
        keySequence("f,f");
        compare(size.text, "2 B");
        compare(input.draft, "a draft ");
        keyClick(Qt.Key_Return);
        compare(binaryAccepted.count, 1);
        compare(bytesOf(binaryAccepted.signalArguments[0][0]), "0,ff");

        keySequence("Space,g");
        verify(findChild(input, "remarks").text.includes("at 1:7"));
        keyClick(Qt.Key_Return);
        compare(binaryAccepted.count, 1);
        verify(findChild(input, "notice").text.includes("at 1:7"));

        switcher.clicked();
        compare(switcher.Accessible.name, "Type as base64");
        paste("+/\n-_");
        compare(question(), null, "line feeds do not matter here");
        keyClick(Qt.Key_Return);
        compare(bytesOf(binaryAccepted.signalArguments[1][0]), "fb,ff,bf");
        compare(accepted.count, 0);

        // Each line is as it was.
        switcher.clicked();
        compare(input.text, "a draft ");
        switcher.clicked();
        compare(input.text, "00 ff g");
        input.replace("edited");
        compare(input.encoding, ChatInput.Text);
        keyClick(Qt.Key_Return);
        compare(accepted.signalArguments[0][0], "edited");
    }

    function test_theSizeIsShown() {
        const size = findChild(input, "size");
        verify(!size.visible);
        const height = input.implicitHeight;
        input.text = "h€llo";
        compare(size.text, "7 B");
        verify(size.visible);
        compare(input.implicitHeight, height, "nothing moves");
        input.text = "h€llo\n";
        compare(size.text, "2 lines\n8 B");
    }

    function test_whatCannotBeSeenIsSaid() {
        const remarks = findChild(input, "remarks");
        const trailing = findChild(input, "trailing");
        keySequence("a");
        keyClick(Qt.Key_Space);
        verify(!remarks.visible, "nothing flickers while one types");
        tryCompare(remarks, "text", "a blank at the end");
        tryVerify(() => trailing.visible && trailing.width > 2);
        compare(remarks.textFormat, Text.PlainText);
        keySequence("b");
        tryVerify(() => !remarks.visible);
        verify(!trailing.visible);
        input.text = "{\"a\": \u00a01}";
        tryVerify(() => remarks.text.includes("no-break space (U+00A0) at 1:7"));
        verify(remarks.text.includes("Not JSON, at 1:7"));
        keyClick(Qt.Key_Return);
        compare(accepted.count, 1, "it is sent in spite of it");
    }

    function test_aNoticeIsShownBelow() {
        const notice = findChild(input, "notice");
        const height = input.implicitHeight;
        verify(!notice.visible);
        input.notice = "<img src='http://127.0.0.1:9/x'> not sent";
        verify(notice.visible);
        compare(notice.text, input.notice);
        compare(notice.textFormat, Text.PlainText);
        tryVerify(() => input.implicitHeight > height, 1000, "there is room for it");
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
