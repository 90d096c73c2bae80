// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Templates as Controls
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "ConnectionBar"
    width: 600
    height: 400
    visible: true
    when: windowShown

    Component {
        id: component

        ConnectionBar {
            width: 600
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
            {status: WebSocket.Connecting, words: "connecting…", button: "Cancel"},
            {status: WebSocket.Open, words: "open", button: "Disconnect"},
            {status: WebSocket.Closing, words: "closing…", button: "Disconnect"},
            {status: WebSocket.Closed, words: "closed", button: "Connect"},
            {status: WebSocket.Error, words: "failed", button: "Connect"}
        ];
    }

    function test_eachStatusHasWordsShapeAndColour(data) {
        const height = bar.implicitHeight;
        bar.status = data.status;
        compare(findChild(bar, "state").text, data.words);
        compare(findChild(bar, "connect").text, data.button);
        compare(findChild(bar, "connect").enabled, data.status !== WebSocket.Closing);
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

    SignalSpy {
        id: connected

        target: root.bar
        signalName: "connectRequested"
    }
    SignalSpy {
        id: disconnected

        target: root.bar
        signalName: "disconnectRequested"
    }
    SignalSpy {
        id: removed

        target: root.bar
        signalName: "removeRequested"
    }
    SignalSpy {
        id: dismissed

        target: root.bar
        signalName: "dismissed"
    }

    function clearSpies() {
        for (const spy of [connected, disconnected, removed, dismissed])
            spy.clear();
    }

    function field(): Item {
        return findChild(bar, "address");
    }

    function test_theButtonDoesWhatItSays() {
        clearSpies();
        const button = findChild(bar, "connect");
        mouseClick(button);
        compare(disconnected.count, 1);
        bar.status = WebSocket.Error;
        mouseClick(button);
        compare(connected.signalArguments[0][0], "ws://localhost:3000");
        button.forceActiveFocus();
        keyClick(Qt.Key_Space);
        compare(connected.count, 2);
        compare(disconnected.count, 1);
    }

    function test_theStateLeadsToTheStages() {
        const stages = createTemporaryQmlObject("import QtTest; SignalSpy { signalName: 'stagesRequested' }", root);
        stages.target = bar;
        const button = findChild(bar, "state");
        compare(button.contentItem.text, "● open");
        mouseClick(button);
        compare(stages.count, 1);
        button.forceActiveFocus();
        keyClick(Qt.Key_Return);
        compare(stages.count, 2);
        bar.width = 320;
        compare(button.contentItem.text, "●");
        // The word is below, and so is the round trip.
        const word = findChild(bar, "stateWord");
        verify(word.visible);
        compare(word.text, "open");
        bar.roundTripTime = 0.44;
        compare(word.text.replace(/\u00a0/g, " "), "open  ·  0.4 ms");
        verify(word.y + word.height <= bar.height);
        bar.status = WebSocket.Error;
        verify(word.text.startsWith("failed"));
        bar.status = WebSocket.Open;
        const height = bar.implicitHeight;
        bar.isLow = true;
        verify(!word.visible);
        verify(bar.implicitHeight < height - word.height);
        bar.isLow = false;
        bar.width = 480;
        verify(!word.visible);
        compare(button.contentItem.text, "● open");
        bar.width = 320;
        compare(button.Accessible.name, "open: how connecting went");
    }

    function test_theRoundTripIsQuiet() {
        const ping = findChild(bar, "ping");
        verify(!ping.visible);
        bar.roundTripTime = 0.44;
        verify(ping.visible);
        compare(ping.text, "0.4 ms");
        compare(ping.Accessible.name, "Round trip 0.4 ms");
        bar.width = 400;
        verify(!ping.visible);
    }

    function test_anotherAddressIsTyped() {
        clearSpies();
        bar.focusField();
        for (const letter of "other")
            keyClick(letter);
        compare(field().text, "other");
        compare(findChild(bar, "connect").text, "Connect");
        keyClick(Qt.Key_Return);
        compare(connected.signalArguments[0][0], "other");

        // What is wrong with it is said, and it stays there to be mended.
        const height = bar.implicitHeight;
        bar.problem = "It is no address.";
        verify(findChild(bar, "addressProblem").visible);
        verify(bar.implicitHeight > height);
        compare(field().text, "other");
        keyClick(Qt.Key_Escape);
        compare(field().text, "ws://localhost:3000");
        compare(dismissed.count, 1);
        bar.address = "ws://another";
        compare(field().text, "ws://another");
        verify(!bar.edited);
    }

    function test_earlierAddressesAreChosenAndForgotten() {
        clearSpies();
        const list = () => findChild(root.Controls.Overlay.overlay, "addressList");
        bar.addresses = ["ws://one", "ws://two/<b>", "ws://three"];
        bar.focusField();
        keyClick(Qt.Key_Down);
        tryVerify(() => list() !== null && list().activeFocus);
        keyClick(Qt.Key_Down);
        keyClick(Qt.Key_Delete);
        compare(removed.signalArguments[0][0], "ws://two/<b>");
        keyClick(Qt.Key_Return);
        compare(connected.signalArguments[0][0], "ws://two/<b>");
        compare(field().text, "ws://two/<b>");
        mouseClick(findChild(bar, "addresses"));
        tryVerify(() => list() !== null && list().visible);
        keyClick(Qt.Key_Escape);
        tryVerify(() => list() === null || !list().visible);
    }

    SignalSpy {
        id: server

        target: root.bar
        signalName: "serverRequested"
    }

    function test_theBundledServerIsAlwaysInTheList() {
        server.clear();
        const button = () => findChild(root.Controls.Overlay.overlay, "startServer");
        // With no addresses it is all there is.
        bar.focusField();
        keyClick(Qt.Key_Down);
        tryVerify(() => button() !== null && button().activeFocus);
        verify(button().visualFocus);
        keyClick(Qt.Key_Return);
        compare(server.count, 1);
        tryVerify(() => button() === null || !button().visible);

        // It is below them.
        bar.addresses = ["ws://one", "ws://two"];
        mouseClick(findChild(bar, "addresses"));
        tryVerify(() => button() !== null && button().visible);
        const list = findChild(root.Controls.Overlay.overlay, "addressList");
        tryVerify(() => list.activeFocus);
        keyClick(Qt.Key_Down);
        compare(list.currentIndex, 1);
        verify(list.activeFocus);
        keyClick(Qt.Key_Down);
        verify(button().activeFocus);
        keyClick(Qt.Key_Up);
        verify(list.activeFocus);
        keyClick(Qt.Key_Tab);
        verify(button().activeFocus);
        verify(list.height >= list.contentHeight);
        mouseClick(button());
        compare(server.count, 2);
        tryVerify(() => button() === null || !button().visible);

        // A narrow bar has no field as wide as it.
        bar.width = 320;
        bar.status = WebSocket.Open;
        mouseClick(findChild(bar, "addresses"));
        tryVerify(() => button() !== null && button().visible);
        verify(button().width >= button().implicitWidth);
        keyClick(Qt.Key_Escape);
        tryVerify(() => button() === null || !button().visible);

        // The last one is forgotten while it is seen.
        mouseClick(findChild(bar, "addresses"));
        tryVerify(() => button() !== null && button().visible);
        bar.addresses = [];
        tryVerify(() => button().activeFocus);
        keyClick(Qt.Key_Escape);
        tryVerify(() => button() === null || !button().visible);
    }

    function test_theMeter() {
        const meter = findChild(bar, "meter");
        verify(!meter.visible);
        bar.messageRate = 12;
        bar.byteRate = 2048;
        verify(meter.visible);
        compare(meter.text, "12/s");
        bar.width = 800;
        compare(meter.text, "12 messages/s  2.0 KiB/s");
    }

    function test_everythingFits_data() {
        return [{width: 320}, {width: 479}, {width: 640}, {width: 2000}];
    }

    function test_everythingFits(data) {
        bar.width = data.width;
        bar.address = "ws://localhost/<img src='http://127.0.0.1:9/x'>" + "long".repeat(100);
        bar.addresses = ["ws://one"];
        bar.messageRate = 123456;
        waitForRendering(bar);
        for (const name of ["address", "addresses", "connect"].concat(data.width < 400 ? [] : ["meter"])) {
            const item = findChild(bar, name);
            const x = item.mapToItem(bar, 0, 0).x;
            verify(x >= 0 && x + item.width <= bar.width, name + " " + x + " " + item.width);
        }
        verify(field().width >= 100);
    }

    function test_theRoundTripTakesNoRoomFromOthers_data() {
        const rows = [];
        for (const rate of [0, 123456]) {
            for (const trust of [WebSocket.NoTls, WebSocket.Pinned]) {
                for (const width of [559, 560, 639, 640, 700, 720, 800, 939, 940, 2000])
                    rows.push({width: width, rate: rate, trust: trust});
            }
        }
        return rows;
    }

    function test_theRoundTripTakesNoRoomFromOthers(data) {
        bar.width = data.width;
        bar.messageRate = data.rate;
        bar.byteRate = data.rate * 1000;
        bar.trust = data.trust;
        bar.roundTripTime = 999;
        waitForRendering(bar);
        const button = findChild(bar, "connect");
        const withPing = button.mapToItem(bar, button.width, 0).x;
        const isShown = findChild(bar, "ping").visible;
        verify(isShown || data.width < 940);
        bar.roundTripTime = -1;
        waitForRendering(bar);
        compare(withPing, button.mapToItem(bar, button.width, 0).x);
        verify(!isShown || withPing <= bar.width, withPing);
    }

    SignalSpy {
        id: certificate

        target: root.bar
        signalName: "certificateRequested"
    }

    function test_whatIsNotVerifiedIsRed_data() {
        return [
            {width: 320, trust: WebSocket.Pinned, refused: false, text: "▲ not verified", grave: true},
            {width: 720, trust: WebSocket.Pinned, refused: false, text: "▲ not verified", grave: true},
            {width: 320, trust: WebSocket.NoTls, refused: true, text: "▲ not trusted", grave: true},
            {width: 720, trust: WebSocket.NoTls, refused: true, text: "▲ not trusted", grave: true},
            {width: 320, trust: WebSocket.Verified, refused: false, text: "✓", grave: false},
            {width: 720, trust: WebSocket.Verified, refused: false, text: "✓ TLS", grave: false}
        ];
    }

    function test_whatIsNotVerifiedIsRed(data) {
        certificate.clear();
        bar.width = data.width;
        bar.height = Qt.binding(() => bar.implicitHeight);
        verify(findChild(bar, "trust") === null, "without TLS there is no word of it");
        bar.trust = data.trust;
        bar.certificateRefused = data.refused;
        waitForRendering(bar);
        const mark = findChild(bar, "trust");
        verify(mark.visible);
        compare(mark.text, data.text);
        compare(mark.contentItem.color, data.grave ? Theme.error : Theme.quiet);
        compare(mark.contentItem.truncated, false);
        verify(mark.Accessible.name.length > 0);
        const corner = mark.mapToItem(bar, mark.width, mark.height);
        verify(corner.x <= bar.width);
        verify(corner.y <= bar.height);
        const button = findChild(bar, "connect");
        verify(button.mapToItem(bar, button.width, 0).x <= bar.width, "the rest has room, too");
        mouseClick(mark);
        mark.forceActiveFocus(Qt.TabFocusReason);
        keyClick(Qt.Key_Return);
        compare(certificate.count, 2);
        bar.trust = WebSocket.NoTls;
        bar.certificateRefused = false;
        tryVerify(() => findChild(bar, "trust") === null);
    }
}
