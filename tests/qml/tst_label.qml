// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "Label"
    width: 1200
    height: 400
    visible: true
    when: windowShown

    Component {
        id: component

        Label {
            prefix: "<"
            text: "hello"
            cut: false
            direction: EntryType.Received
            kind: EntryType.Text
            time: new Date(2026, 0, 2, 3, 4, 5, 678)
            size: 5
            repeat: 1
            roundTrip: -1
            delivery: -1
            mark: Transcript.NoMark
            seq: 1
        }
    }

    function init() {
        failOnWarning(/.?/);
    }

    function create(properties: var): Label {
        return createTemporaryObject(component, root, Object.assign({width: 600}, properties));
    }

    function test_prefixAndMessageAreOneTo23_data() {
        return [{width: 280}, {width: 479}, {width: 480}, {width: 800}];
    }

    function test_prefixAndMessageAreOneTo23(data) {
        const label = create({width: data.width});
        const prefix = findChild(label, "prefix");
        const message = findChild(label, "message");
        fuzzyCompare(message.width / prefix.width, 23, 0.001);
        compare(message.x, prefix.x + prefix.width);
        verify(message.x + message.width <= label.width);
        compare(prefix.text, "<");
        compare(message.text, "hello");
    }

    function test_wordsArePlainText() {
        const label = create({text: "<img src='http://127.0.0.1:9/x'><b>bold</b>"});
        const message = findChild(label, "message");
        compare(message.textFormat, Text.PlainText);
        compare(message.text, label.text);
        compare(findChild(label, "prefix").textFormat, Text.PlainText);
    }

    function test_longWordsWrap() {
        const label = create({text: "x".repeat(4096)});
        const message = findChild(label, "message");
        verify(message.lineCount > 10);
        verify(message.contentWidth <= message.width);
        verify(label.implicitHeight >= message.contentHeight);
    }

    function test_aSentenceHasTheRoomBesideTheTime() {
        const words = "It is not there: is it running, or is its name another one? ".repeat(3);
        const message = create({text: words, width: 720});
        const status = create({text: words, width: 720, direction: EntryType.Local, kind: EntryType.Failed});
        verify(findChild(status, "message").width > findChild(message, "message").width);
        compare(findChild(status, "prefix").width, findChild(message, "prefix").width);
        verify(findChild(status, "message").lineCount < findChild(message, "message").lineCount);
    }

    function test_inAWideWindowThePrefixStaysNearTheWords() {
        const label = create({width: 3840});
        verify(findChild(label, "prefix").width < 40);
        compare(findChild(label, "message").x, findChild(label, "prefix").x + findChild(label, "prefix").width);
    }

    function test_whatIsCutSaysSo() {
        const label = create({cut: true, size: 1048576});
        verify(label.cutText.includes("1.0 MiB"));
        const whole = create({});
        verify(label.implicitHeight > whole.implicitHeight);
    }

    function test_sizes_data() {
        return [
            {size: 0, words: "0 B"},
            {size: 1023, words: "1023 B"},
            {size: 1024, words: "1.0 KiB"},
            {size: 16777216, words: "16.0 MiB"}
        ];
    }

    function test_sizes(data) {
        compare(create({size: data.size}).sizeText, data.words);
        compare(create({size: data.size, kind: EntryType.Binary}).sizeText, "binary " + data.words);
    }

    function test_timeHasMilliseconds() {
        compare(create({}).timeText, "03:04:05.678");
    }

    function test_eachKindHasItsTone() {
        compare(create({direction: EntryType.Sent}).tone, Theme.sent);
        compare(create({direction: EntryType.Received}).tone, Theme.received);
        compare(create({direction: EntryType.Local, kind: EntryType.Opened}).tone, Theme.status);
        compare(create({direction: EntryType.Local, kind: EntryType.Failed}).tone, Theme.error);
    }

    function test_aSentRowSaysWhereItStands_data() {
        return [
            {tag: "not known", delivery: -1, words: "", spoken: ""},
            {tag: "sending", delivery: Outbox.Sending, words: "sending…  ", spoken: ", sending…"},
            {tag: "sent", delivery: Outbox.Sent, words: "sent  ", spoken: ", sent"},
            {tag: "arrived", delivery: Outbox.Confirmed, words: "arrived  ", spoken: ", arrived"},
            {tag: "echoed", delivery: Outbox.Echoed, roundTrip: 0.42, words: "✓ 0.4 ms  ", spoken: ", echoed, 0.4 ms"},
            {tag: "slowly", delivery: Outbox.Echoed, roundTrip: 1234.4, words: "✓ 1.23 s  ", spoken: ", echoed, 1.23 s"},
            {tag: "in doubt", delivery: Outbox.InDoubt, words: "in doubt  ", spoken: ", in doubt"}
        ];
    }

    function test_aSentRowSaysWhereItStands(data) {
        const label = create({direction: EntryType.Sent, delivery: data.delivery, roundTrip: data.roundTrip ?? -1, width: 800});
        compare(label.metaText, data.words + "5 B  03:04:05.678");
        compare(label.Accessible.description, "Sent, 03:04:05.678, 5 B" + data.spoken);
        // A narrow window keeps the tick.
        label.width = 500;
        compare(label.metaText.startsWith("✓  "), data.delivery === Outbox.Echoed);
    }

    function test_aScreenReaderHearsTheRow() {
        const label = create({});
        compare(label.Accessible.name, "< hello");
        compare(label.Accessible.description, "Received, 03:04:05.678, 5 B");
    }
}
