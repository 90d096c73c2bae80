// SPDX-License-Identifier: MIT
import QtQuick
import QtTest
import AwesomeChat

TestCase {
    id: root

    name: "CertificateQuestion"
    width: 720
    height: 480
    visible: true
    when: windowShown

    readonly property string shownPrint: "AB:".repeat(31) + "AB"
    readonly property string trustedPrint: "12:".repeat(31) + "12"

    readonly property var selfSigned: ({
        host: "localhost:3000",
        subject: "CN=localhost, O=Example",
        issuer: "CN=Somebody",
        effectiveDate: new Date(2026, 0, 2, 3, 4),
        expiryDate: new Date(2027, 0, 2, 3, 4),
        fingerprint: shownPrint,
        names: ["localhost", "127.0.0.1"],
        nameCount: 2,
        problem: "It is self-signed."
    })

    Component {
        id: component

        CertificateQuestion {
            width: 720
            height: implicitHeight
            certificate: ({})
        }
    }

    property CertificateQuestion bar

    SignalSpy {
        id: trusted

        target: root.bar
        signalName: "trusted"
    }
    SignalSpy {
        id: distrusted

        target: root.bar
        signalName: "distrusted"
    }
    SignalSpy {
        id: closed

        target: root.bar
        signalName: "closed"
    }

    function make(properties): CertificateQuestion {
        const bar = createTemporaryObject(component, root, Object.assign({certificate: selfSigned}, properties));
        waitForRendering(bar);
        root.bar = bar;
        for (const spy of [trusted, distrusted, closed])
            spy.clear();
        return bar;
    }

    /*! All items of that name in one. */
    function collect(item: Item, name: string, found: var) {
        if (item.objectName === name)
            found.push(item);
        for (let i = 0; i < item.children.length; ++i)
            collect(item.children[i], name, found);
    }

    function all(name: string): list<Item> {
        const found = [];
        collect(bar, name, found);
        return found;
    }

    function words(): string {
        let text = "";
        for (const fact of all("certificateFact"))
            text += fact.text + "\n";
        return text;
    }

    function init() {
        failOnWarning(/.?/);
    }

    function test_itSaysAllBeforeItIsTrusted() {
        make({});
        const title = findChild(bar, "certificateTitle");
        compare(title.text, "▲ The certificate of localhost:3000 is not trusted.");
        compare(title.color, Theme.error);
        compare(findChild(bar, "certificateReason").text, "It is self-signed.");
        for (const fact of ["CN=localhost, O=Example", "CN=Somebody", "2026-01-02 03:04 to 2027-01-02 03:04",
                            "localhost, 127.0.0.1", shownPrint])
            verify(words().includes(fact), fact);
        const trust = findChild(bar, "trustCertificate");
        compare(trust.text, "Trust this certificate for localhost:3000");
        verify(trust.grave);
        mouseClick(trust);
        compare(trusted.count, 1);
        compare(trusted.signalArguments[0][0], shownPrint);
        compare(distrusted.count, 0);
    }

    function test_theKeysDoNoHarm() {
        make({});
        bar.focusSafely();
        const distrust = findChild(bar, "distrustCertificate");
        verify(distrust.activeFocus);
        verify(distrust.visualFocus);
        keyClick(Qt.Key_Return);
        compare(distrusted.count, 1);
        keyClick(Qt.Key_Escape);
        compare(distrusted.count, 2);
        keyClick(Qt.Key_Tab);
        verify(findChild(bar, "trustCertificate").activeFocus);
        keyClick(Qt.Key_Escape);
        compare(distrusted.count, 3);
        compare(trusted.count, 0);
        keyClick(Qt.Key_Return);
        compare(trusted.count, 1);
    }

    function test_itHasChanged() {
        make({pinnedFingerprint: trustedPrint});
        compare(findChild(bar, "certificateTitle").text, "▲ The certificate of localhost:3000 has changed.");
        compare(findChild(bar, "certificateTitle").color, Theme.error);
        verify(findChild(bar, "certificateReason").text.startsWith("Somebody may be in between."));
        const facts = all("certificateFact");
        compare(facts[0].text, trustedPrint);
        compare(facts[1].text, shownPrint);
        compare(facts[0].color, Theme.error);
        compare(facts[1].color, Theme.error);
    }

    function test_theConnectionThatIsThere() {
        make({refused: false, pinnedFingerprint: shownPrint});
        verify(findChild(bar, "certificateTitle").text.includes("localhost:3000 is not verified"));
        compare(findChild(bar, "certificateTitle").color, Theme.error);
        verify(!findChild(bar, "trustCertificate").visible);
        mouseClick(findChild(bar, "distrustCertificate"));
        compare(distrusted.count, 1);
        bar.focusSafely();
        keyClick(Qt.Key_Escape);
        compare(closed.count, 1);
        compare(distrusted.count, 1);

        make({refused: false, certificate: Object.assign({}, selfSigned, {problem: ""})});
        compare(findChild(bar, "certificateTitle").text, "The certificate of localhost:3000 is valid.");
        verify(!findChild(bar, "distrustCertificate").visible);
        bar.focusSafely();
        keyClick(Qt.Key_Return);
        compare(closed.count, 1);
    }

    function test_strangersWordsAndNarrowWindows_data() {
        return [{width: 720, height: 480}, {width: 320, height: 480}, {width: 320, height: 120}];
    }

    function test_strangersWordsAndNarrowWindows(data) {
        const wide = "x".repeat(256) + "…";
        make({
            width: data.width,
            pinnedFingerprint: trustedPrint,
            certificate: Object.assign({}, selfSigned, {
                host: "a".repeat(200) + ".example:3000",
                subject: "<b>bold</b> <img src='http://localhost/x'>" + wide,
                issuer: wide,
                names: new Array(8).fill("n".repeat(64)),
                nameCount: 1000,
                problem: "It is for " + wide
            })
        });
        bar.height = Math.min(bar.implicitHeight, data.height);
        waitForRendering(bar);
        for (const name of ["certificateTitle", "certificateReason", "certificateFact"]) {
            for (const item of all(name)) {
                compare(item.textFormat, Text.PlainText);
                verify(item.contentWidth <= item.width, name);
            }
        }
        verify(words().includes("<b>bold</b>"));
        verify(words().includes("992 more"));
        verify(bar.implicitHeight < 1200, bar.implicitHeight);
        for (const name of ["trustCertificate", "distrustCertificate"]) {
            const button = findChild(bar, name);
            const corner = button.mapToItem(bar, button.width, button.height);
            verify(corner.x <= data.width, name);
            verify(corner.y <= bar.height, name);
        }

        // What is not seen can be scrolled to.
        const view = findChild(bar, "certificateView");
        if (view.contentHeight > view.height) {
            verify(view.activeFocusOnTab);
            view.forceActiveFocus();
            for (let i = 0; i < 100; ++i)
                keyClick(Qt.Key_Down);
            compare(view.contentY, view.contentHeight - view.height);
            keyClick(Qt.Key_Up);
            verify(view.contentY < view.contentHeight - view.height);
        }
    }
}
