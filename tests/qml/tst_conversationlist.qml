// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "ConversationList"
    width: 400
    height: 400
    visible: true
    when: windowShown

    readonly property string hostile: "<img src='http://127.0.0.1:1/x.png'><b>x</b>"

    Component {
        id: component

        ConversationList {
            width: 400
            height: 400
            model: ListModel {}
        }
    }

    SignalSpy {
        id: opened
        signalName: "opened"
    }
    SignalSpy {
        id: renamed
        signalName: "renamed"
    }
    SignalSpy {
        id: removed
        signalName: "removed"
    }
    SignalSpy {
        id: closed
        signalName: "closed"
    }

    property ConversationList list

    function init() {
        failOnWarning(/.?/);
        list = createTemporaryObject(component, root);
        for (const name of ["", hostile, ""]) {
            const number = list.model.count + 1;
            list.model.append({
                conversation: number,
                title: name.length > 0 ? name : "ws://server" + number,
                name: name,
                server: "ws://server" + number,
                entries: 1234,
                lastUsed: new Date(),
                current: number === 1,
                elsewhere: number === 3
            });
        }
        for (const spy of [opened, renamed, removed, closed]) {
            spy.target = list;
            spy.clear();
        }
        waitForRendering(list);
        list.focusField();
    }

    function test_theKeyboardChoosesAndOpens() {
        compare(list.chosen, 1);
        keyClick(Qt.Key_Down);
        compare(list.chosen, 2);
        keyClick(Qt.Key_Return);
        compare(opened.count, 1);
        compare(opened.signalArguments[0][0], 2);
        compare(opened.signalArguments[0][1], false);
        keyClick(Qt.Key_Up);
        keyClick(Qt.Key_Up);
        keyClick(Qt.Key_Enter);
        compare(opened.signalArguments[1][0], 1);
        compare(opened.signalArguments[1][1], true);
        keyClick(Qt.Key_Escape);
        compare(closed.count, 1);
    }

    function test_whatIsTypedIsLookedFor() {
        keyClick("x");
        compare(list.filter, "x");
        list.model.clear();
        const notice = findChild(list, "conversationsNotice") as Notice;
        tryVerify(() => notice.text.startsWith("No conversation has this"));
        compare(list.chosen, 0);
        for (const key of [Qt.Key_Down, Qt.Key_F2, Qt.Key_Return])
            keyClick(key);
        compare(opened.count, 0);
    }

    function test_f2Renames() {
        keyClick(Qt.Key_F2);
        keyClick("n");
        keyClick("x");
        keyClick(Qt.Key_Return);
        compare(renamed.count, 1);
        compare(renamed.signalArguments[0][0], 1);
        compare(renamed.signalArguments[0][1], "nx");
        compare(opened.count, 0); // Enter was the name's
        keyClick(Qt.Key_F2);
        keyClick("y");
        keyClick(Qt.Key_Escape);
        compare(renamed.count, 1);
        compare(closed.count, 0);
        keyClick(Qt.Key_Escape);
        compare(closed.count, 1);
    }

    function test_deleteAsksFirst() {
        keyClick(Qt.Key_Delete);
        compare(removed.count, 0);
        keyClick(Qt.Key_Return); // on "Keep"
        compare(removed.count, 0);
        keyClick(Qt.Key_Delete);
        keyClick(Qt.Key_Right);
        keyClick(Qt.Key_Return);
        compare(removed.count, 1);
        compare(removed.signalArguments[0][0], 1);
        compare(opened.count, 0);
        keyClick(Qt.Key_Down); // the keyboard is back where it was
        compare(list.chosen, 2);
    }

    function test_whatIsAskedIsForgottenWithTheRow() {
        keyClick(Qt.Key_Delete);
        mouseClick(list, 100, 200); // another row
        keyClick(Qt.Key_Return);
        compare(removed.count, 0);
    }

    function test_anothersIsNotDeleted() {
        keyClick(Qt.Key_Down);
        keyClick(Qt.Key_Down);
        compare(list.chosen, 3);
        keyClick(Qt.Key_Delete);
        keyClick(Qt.Key_Right);
        keyClick(Qt.Key_Return);
        compare(removed.count, 0);
    }

    function test_theMouseChoosesAndOpens() {
        mouseClick(list, 100, 125);
        compare(list.chosen, 2);
        const lists = findChild(list, "conversations") as ListView;
        const open = findChild(lists.itemAtIndex(1), "open") as Command;
        tryVerify(() => open.x > 0); // by then it has been laid out
        mouseClick(open);
        compare(opened.count, 1);
        compare(opened.signalArguments[0][0], 2);
        // What is chosen is as high as before: a double click stays on its row.
        compare(lists.itemAtIndex(0).height, lists.itemAtIndex(2).height);
    }

    function test_namesArePlainText() {
        const title = findChild(list, "conversationTitle") as Text;
        compare(title.textFormat, Text.PlainText);
        compare(list.Accessible.name, "Conversations");
    }
}
