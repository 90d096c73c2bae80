// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "ConnectionBar"
    width: 600
    height: 200
    visible: true
    when: windowShown

    Component {
        id: component

        ConnectionBar {
            width: 400
            address: "ws://localhost:3000"
            status: WebSocket.Open
        }
    }

    property ConnectionBar bar

    function init() {
        failOnWarning(/.?/);
        bar = createTemporaryObject(component, root);
    }

    function test_eachStatusHasWordsShapeAndColour_data() {
        return [
            {status: WebSocket.Connecting, words: "connecting…", button: false},
            {status: WebSocket.Open, words: "open", button: false},
            {status: WebSocket.Closing, words: "closing…", button: false},
            {status: WebSocket.Closed, words: "closed", button: true},
            {status: WebSocket.Error, words: "failed", button: true}
        ];
    }

    function test_eachStatusHasWordsShapeAndColour(data) {
        const height = bar.implicitHeight;
        bar.status = data.status;
        compare(findChild(bar, "state").text, data.words);
        compare(findChild(bar, "reconnect").visible, data.button);
        compare(bar.Accessible.name, "ws://localhost:3000: " + data.words);
        verify(bar.shape.length > 0);
        compare(bar.implicitHeight, height, "nothing jumps");
    }

    function test_theThreeOutcomesLookDifferent() {
        const looks = new Set();
        for (const status of [WebSocket.Open, WebSocket.Closed, WebSocket.Error]) {
            bar.status = status;
            looks.add(bar.shape);
        }
        compare(looks.size, 3);
    }

    function test_reconnect() {
        let asked = 0;
        bar.reconnectRequested.connect(() => ++asked);
        bar.status = WebSocket.Error;
        const button = findChild(bar, "reconnect");
        mouseClick(button);
        compare(asked, 1);
        button.forceActiveFocus();
        keyClick(Qt.Key_Space);
        compare(asked, 2);
    }

    function test_aNarrowWindowShowsTheHost() {
        bar.width = 320;
        compare(findChild(bar, "address").text, "localhost:3000");
    }

    function test_theAddressIsPlainAndFits() {
        bar.address = "ws://localhost/<img src='http://127.0.0.1:9/x'>" + "long".repeat(100);
        const address = findChild(bar, "address");
        compare(address.textFormat, Text.PlainText);
        verify(address.x + address.width <= bar.width);
    }
}
