// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "OutboxView"
    width: 600
    height: 300
    visible: true
    when: windowShown

    Component {
        id: component

        OutboxView {
            width: 600
            height: implicitHeight
            textAt: row => "whole " + row
            model: ListModel {}
        }
    }

    property OutboxView view

    SignalSpy {
        id: edited

        target: root.view
        signalName: "edited"
    }
    SignalSpy {
        id: removed

        target: root.view
        signalName: "removeRequested"
    }
    SignalSpy {
        id: again

        target: root.view
        signalName: "sendAgainRequested"
    }
    SignalSpy {
        id: dismissed

        target: root.view
        signalName: "dismissRequested"
    }

    function init() {
        failOnWarning(/.?/);
        view = createTemporaryObject(component, root);
        for (const spy of [edited, removed, again, dismissed])
            spy.clear();
    }

    function add(text: string, state: int) {
        view.model.append({text: text, binary: false, size: text.length, lineState: state});
        if (state === Outbox.Pending)
            ++view.pendingCount;
        if (state === Outbox.InDoubt)
            ++view.inDoubtCount;
        waitForRendering(view);
    }

    function rowAt(row: int): Item {
        return findChild(view, "outboxList").itemAtIndex(row);
    }

    function test_onlyWhatWaitsOrIsInDoubtIsThere() {
        verify(!view.visible);
        add("gone", Outbox.Sent);
        verify(!view.visible);
        add("<b>one</b>", Outbox.Pending);
        verify(view.visible);
        verify(!rowAt(0).visible);
        const words = findChild(rowAt(1), "outboxWords");
        compare(words.text, "<b>one</b>");
        compare(words.textFormat, Text.PlainText);
        compare(findChild(view, "outboxTitle").text, "1 line waits for the connection");
        add("two", Outbox.InDoubt);
        verify(findChild(view, "outboxTitle").text.includes("1 in doubt"));
        compare(rowAt(2).Accessible.description, "in doubt");
    }

    function test_aLineThatWaits() {
        add("one", Outbox.Pending);
        mouseClick(findChild(rowAt(0), "outboxEdit"));
        const field = findChild(rowAt(0), "outboxField");
        verify(field.visible && field.activeFocus);
        compare(field.text, "whole 0");
        field.text = "other";
        keyClick(Qt.Key_Return);
        compare(Array.from(edited.signalArguments[0]), [0, "other"]);
        verify(!field.visible);
        mouseClick(findChild(rowAt(0), "outboxEdit"));
        keyClick(Qt.Key_Escape);
        verify(!field.visible);
        compare(edited.count, 1);
        mouseClick(findChild(rowAt(0), "outboxRemove"));
        compare(removed.signalArguments[0][0], 0);
        verify(!findChild(rowAt(0), "outboxSendAgain").visible);
    }

    function test_aLongLineIsNotCutByEditing() {
        const words = "a\r\n\u00a0".repeat(40000);
        view.textAt = row => words;
        add("beginning", Outbox.Pending);
        mouseClick(findChild(rowAt(0), "outboxEdit"));
        keyClick(Qt.Key_Return);
        compare(edited.signalArguments[0][1], words);
        // Of megabytes there would be no end.
        view.model.setProperty(0, "size", 1000000);
        verify(!findChild(rowAt(0), "outboxEdit").visible);
        verify(findChild(rowAt(0), "outboxRemove").visible);
    }

    function test_theNewestIsSeen() {
        const list = findChild(view, "outboxList");
        for (let i = 0; i < 30; ++i)
            add("line " + i, Outbox.Pending);
        tryVerify(() => list.contentHeight > list.height && list.itemAtIndex(29) !== null);
        // Reading further up is not disturbed by one that goes out.
        list.positionViewAtBeginning();
        view.model.remove(29);
        waitForRendering(view);
        verify(list.atYBeginning);
    }

    function test_aLineInDoubt() {
        add("one", Outbox.InDoubt);
        mouseClick(findChild(rowAt(0), "outboxSendAgain"));
        compare(again.signalArguments[0][0], 0);
        mouseClick(findChild(rowAt(0), "outboxDismiss"));
        compare(dismissed.signalArguments[0][0], 0);
        verify(!findChild(rowAt(0), "outboxEdit").visible);
    }
}
