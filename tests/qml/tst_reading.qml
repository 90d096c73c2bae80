// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

/*! What tells of a conversation that is read: its banner, where it goes to, and how it is replayed. */
TestCase {
    id: root

    name: "Reading"
    width: 700
    height: 500
    visible: true
    when: windowShown

    Component {
        id: bannerComponent

        ReadingBanner {
            width: 700
            title: "<b>name</b>"
            server: "ws://localhost"
            entryCount: 1234
            firstTime: new Date(2026, 10, 22, 15, 4)
            lastTime: new Date(2026, 10, 22, 16, 5)
        }
    }

    Component {
        id: pathComponent

        PathBar {
            width: 700
            prompt: "Export as"
            action: "Export"
        }
    }

    Component {
        id: replayComponent

        ReplayBar {
            width: 700
            address: "ws://localhost"
        }
    }

    Component {
        id: differenceComponent

        DifferenceView {
            width: 700
            height: 400
        }
    }

    SignalSpy {
        id: spy
    }

    function watch(target: var, signalName: string) {
        spy.target = null;
        spy.signalName = signalName;
        spy.target = target;
        spy.clear();
    }

    function words(text: Text): string {
        return text.text.replace(/\u00a0/g, " ");
    }

    function init() {
        failOnWarning(/.?/);
    }

    function test_theBannerTellsWhatIsRead() {
        const banner = createTemporaryObject(bannerComponent, root);
        const detail = findChild(banner, "readingDetail") as Text;
        compare(words(detail), "ws://localhost  ·  1,234 entries  ·  2026-11-22 15:04 – 16:05");
        banner.lastTime = new Date(2026, 10, 23, 1, 2);
        verify(words(detail).endsWith("2026-11-22 15:04 – 2026-11-23 01:02"), words(detail));
        banner.firstTime = new Date(NaN);
        banner.entryCount = 1;
        compare(words(detail), "ws://localhost  ·  1 entry");
        banner.progress = 0.456;
        compare(detail.text, "45 % of the file so far…");
        const title = findChild(banner, "readingTitle") as Text;
        compare(title.text, "<b>name</b>");
        compare(title.textFormat, Text.PlainText);
    }

    function test_theBannersButtons() {
        const banner = createTemporaryObject(bannerComponent, root);
        waitForRendering(banner);
        for (const [name, signalName] of [["back", "backRequested"], ["export", "exportRequested"],
                                          ["replay", "replayRequested"], ["goOn", "goOnRequested"]]) {
            watch(banner, signalName);
            mouseClick(findChild(banner, name));
            compare(spy.count, 1, name);
        }
        const back = findChild(banner, "back") as Command;
        banner.newCount = 1234;
        compare(back.text, "Back (1,234 new)");
        banner.canGoOn = false;
        verify(!(findChild(banner, "goOn") as Command).visible);
        banner.entryCount = 0;
        verify(!(findChild(banner, "export") as Command).enabled);
    }

    function test_everythingFitsIntoANarrowWindow() {
        for (const component of [bannerComponent, pathComponent, replayComponent, differenceComponent]) {
            const item = createTemporaryObject(component, root, {width: 320});
            waitForRendering(item);
            const check = child => {
                verify(!child.visible || child.mapToItem(item, child.width, 0).x <= 321, `${component}: ${child}`);
                for (let i = 0; i < child.children.length && !child.clip; ++i)
                    check(child.children[i]);
            };
            check(item);
        }
    }

    function test_aPathIsTakenOnceAndReplacesWhenAsked() {
        const bar = createTemporaryObject(pathComponent, root);
        watch(bar, "accepted");
        bar.focusField();
        keyClick(Qt.Key_Return); // there is none
        compare(spy.count, 0);
        bar.path = "/tmp/x";
        keyClick(Qt.Key_Return);
        compare(spy.signalArguments[0][0], "/tmp/x");
        compare(spy.signalArguments[0][1], false);
        bar.notice = "There is one.";
        bar.exists = true;
        mouseClick(findChild(bar, "pathReplace"));
        compare(spy.signalArguments[1][1], true);
        // Another name is another question.
        bar.path = "/tmp/y";
        verify(!bar.exists);
        compare(bar.notice, "");
        watch(bar, "closed");
        bar.focusField();
        keyClick(Qt.Key_Escape);
        compare(spy.count, 1);
    }

    function test_theReplayGoesBySteps() {
        const bar = createTemporaryObject(replayComponent, root);
        waitForRendering(bar);
        const next = findChild(bar, "replayNext") as Command;
        verify(!next.visible);
        mouseClick(findChild(bar, "paceSteps"));
        compare(bar.pace, Replay.Steps);
        verify(next.visible);
        verify(!next.enabled);
        tryVerify(() => next.x > 0); // by then it has been laid out
        watch(bar, "startRequested");
        mouseClick(findChild(bar, "replayStart"));
        compare(spy.count, 1);
        bar.running = true;
        bar.canStep = true;
        verify(next.activeFocus);
        watch(bar, "stepRequested");
        keyClick(Qt.Key_Return);
        keyClick(Qt.Key_Space);
        compare(spy.count, 2);
        watch(bar, "stopRequested");
        mouseClick(findChild(bar, "replayStart"));
        compare(spy.count, 1);
    }

    function test_theReplaySaysHowItEnded() {
        const bar = createTemporaryObject(replayComponent, root, {
            doneCount: 3, messageCount: 4, outcome: Replay.Different, summary: "<b>Another</b> answer."
        });
        const notice = findChild(bar, "replaySummary") as Notice;
        compare(notice.text, "<b>Another</b> answer.");
        compare(notice.textFormat, Text.PlainText);
        compare(notice.color, Theme.error);
        compare((findChild(bar, "replayProgress") as Text).text, "3 of 4");
        bar.outcome = Replay.Equal;
        compare(notice.color, Theme.received);
        bar.running = true;
        verify(!notice.visible);
    }

    function test_bothSidesOfADifferenceAreShown() {
        const view = createTemporaryObject(differenceComponent, root, {
            hasExpected: true, expected: "{\"a\":1}", hasReceived: true, received: "{\"a\":2}", place: "line 7"
        });
        waitForRendering(view);
        const left = findChild(view, "expected");
        const right = findChild(view, "received");
        compare((findChild(left, "sideTitle") as Text).text, "Expected (line 7)");
        const changes = findChild(right, "changes") as Item;
        verify(changes.visible);
        compare(changes.Accessible.name, "1 change");
        verify(!(findChild(left, "changes") as Item).visible);
        verify(!(findChild(left, "copy") as Item).visible);
        // Nothing came.
        view.hasReceived = false;
        verify(!(findChild(right, "lines") as Item).visible);
    }
}
