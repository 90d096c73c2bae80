// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "StagesView"
    width: 600
    height: 200
    visible: true
    when: windowShown

    Component {
        id: component

        StagesView {
            width: 600
            stages: []
            ending: ""
        }
    }

    Component {
        id: socket

        WebSocket {
            url: "ws://127.0.0.1:1"
            active: true
        }
    }

    SignalSpy {
        id: closed

        signalName: "closed"
    }

    function init() {
        failOnWarning(/.?/);
    }

    /*! What is seen of the stages. */
    function seen(item: var): string {
        let words = "";
        for (let i = 0; i < item.children.length; ++i) {
            const child = item.children[i];
            if (child.visible)
                words += (/^stage/.test(child.objectName) ? child.text + "|" : "") + seen(child);
        }
        return words;
    }

    function test_eachStageIsSeen() {
        const view = createTemporaryObject(component, root, {
            stages: [
                {name: "name", state: StageState.Done, milliseconds: 0.26, detail: ""},
                {name: "TCP", state: StageState.Done, milliseconds: 12.3, detail: "127.0.0.1:3000"},
                {name: "TLS", state: StageState.Failed, milliseconds: 3200, detail: ""}
            ],
            ending: "<b>No</b> luck."
        });
        compare(seen(view), "name 0.3 ms|TCP 12 ms|127.0.0.1:3000|TLS failed after 3.20 s|");
        compare(findChild(view, "ending").text, "<b>No</b> luck.");
        compare(findChild(view, "ending").textFormat, Text.PlainText);
        compare(view.Accessible.description, "name 0.3 ms, TCP 12 ms, TLS failed after 3.20 s. <b>No</b> luck.");
        view.stages = [
            {name: "name", state: StageState.Done, milliseconds: 0, detail: ""},
            {name: "TCP", state: StageState.Running, milliseconds: -1, detail: ""}
        ];
        view.ending = "";
        compare(seen(view), "name 0.0 ms|TCP…|");
        view.stages = [{name: "name", state: StageState.GivenUp, milliseconds: 1500, detail: ""}];
        view.roundTripTime = 0.44;
        compare(seen(view), "name given up after 1.50 s|ping 0.4 ms|");
    }

    function test_nothingYet() {
        const view = createTemporaryObject(component, root);
        compare(findChild(view, "ending").text, "There has been no connection yet.");
    }

    function test_thoseOfASocket() {
        const one = createTemporaryObject(socket, root);
        const view = createTemporaryObject(component, root);
        tryCompare(one, "status", WebSocket.Error);
        view.stages = one.stages;
        view.ending = one.ending;
        verify(/^name [0-9.]+ ms\|TCP failed after [0-9.]+ ms\|$/.test(seen(view)), seen(view));
        verify(findChild(view, "ending").text.includes("Nothing listens at 127.0.0.1:1"));
    }

    function test_narrow() {
        const view = createTemporaryObject(component, root, {
            width: 320,
            stages: [{name: "upgrade", state: StageState.Failed, milliseconds: 1, detail: "HTTP 404 ".repeat(20)}]
        });
        waitForRendering(view);
        const detail = findChild(view, "stageDetail");
        verify(detail.mapToItem(view, detail.width, 0).x <= view.width);
    }

    function test_itCloses() {
        const view = createTemporaryObject(component, root);
        closed.target = view;
        closed.clear();
        findChild(view, "closeStages").forceActiveFocus();
        keyClick(Qt.Key_Escape);
        compare(closed.count, 1);
        keyClick(Qt.Key_Return);
        compare(closed.count, 2);
    }
}
