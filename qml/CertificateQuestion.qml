// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    A server's certificate: what it says, why it is not trusted, and whether the person trusts it in
    spite of that. All of it but our own words may be a stranger's.
*/
Bar {
    id: root

    /*! See PeerCertificate. */
    required property var certificate
    /*! Whether no connection was made because of it; else there is one. */
    property bool refused: true
    /*! The certificate that was trusted for the server before, by its SHA-256; or empty. */
    property string pinnedFingerprint: ""

    /*! The person trusts the certificate that is seen. */
    signal trusted(string fingerprint)
    /*! The person does not trust it, or any more. */
    signal distrusted()
    /*! The person has seen it. */
    signal closed()

    readonly property bool changed: pinnedFingerprint.length > 0 && pinnedFingerprint !== certificate.fingerprint
    readonly property bool valid: certificate.problem.length === 0
    /*! Whether there is something to decide. */
    readonly property bool grave: refused || !valid

    readonly property string title: refused && changed ? qsTr("The certificate of %1 has changed.").arg(certificate.host)
        : refused ? qsTr("The certificate of %1 is not trusted.").arg(certificate.host)
        : valid ? qsTr("The certificate of %1 is valid.").arg(certificate.host)
                : qsTr("%1 is not verified: you trust this certificate for it.").arg(certificate.host)
    readonly property string reason: refused && changed
        ? qsTr("Somebody may be in between. Ask who runs the server before you trust it.")
          + (valid ? "" : " " + certificate.problem)
        : certificate.problem

    readonly property var facts: {
        const rows = [];
        if (refused && changed)
            rows.push({name: qsTr("Trusted so far"), words: pinnedFingerprint, grave: true});
        rows.push({name: refused && changed ? qsTr("Shown now") : qsTr("SHA-256"), words: certificate.fingerprint,
                   grave: refused && changed});
        rows.push({name: qsTr("For"), words: namesText(), grave: false});
        rows.push({name: qsTr("Subject"), words: certificate.subject, grave: false});
        rows.push({name: qsTr("Issuer"), words: certificate.issuer, grave: false});
        rows.push({name: qsTr("Valid"), words: qsTr("%1 to %2").arg(timeText(certificate.effectiveDate))
                                                               .arg(timeText(certificate.expiryDate)), grave: false});
        return rows;
    }

    function namesText(): string {
        let text = "";
        for (let i = 0; i < certificate.names.length; ++i)
            text += (i > 0 ? ", " : "") + certificate.names[i];
        const more = certificate.nameCount - certificate.names.length;
        return more > 0 ? qsTr("%1 and %L2 more").arg(text).arg(more) : text.length > 0 ? text : qsTr("no host");
    }

    function timeText(time: date): string {
        return Qt.formatDateTime(time, "yyyy-MM-dd hh:mm");
    }

    /*! To where Enter does no harm. */
    function focusSafely() {
        (grave ? distrust : close).forceActiveFocus(Qt.TabFocusReason);
    }

    implicitHeight: content.implicitHeight + buttons.implicitHeight + 3 * Theme.gap
    color: grave ? Theme.removed : Theme.surface
    Accessible.role: Accessible.AlertMessage
    Accessible.name: title
    Accessible.description: reason
    Keys.onEscapePressed: {
        if (refused)
            distrusted();
        else
            closed();
    }

    Flickable {
        id: view
        objectName: "certificateView"

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.bottom: buttons.top
        anchors.topMargin: Theme.gap
        anchors.bottomMargin: Theme.gap
        contentWidth: width
        contentHeight: content.implicitHeight
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        // Where there is more than is seen, the keys scroll.
        activeFocusOnTab: contentHeight > height
        Keys.onUpPressed: contentY = Math.max(0, contentY - 3 * Theme.textSize)
        Keys.onDownPressed: contentY = Math.max(0, Math.min(contentHeight - height, contentY + 3 * Theme.textSize))
        Accessible.role: Accessible.Pane
        Accessible.name: qsTr("What the certificate says")
        Controls.ScrollBar.vertical: ScrollBar {
            policy: view.contentHeight > view.height ? Controls.ScrollBar.AlwaysOn : Controls.ScrollBar.AlwaysOff
        }

        Column {
            id: content

            x: Theme.margin
            width: view.width - 2 * Theme.margin
            spacing: Theme.gap / 2

            Text {
                objectName: "certificateTitle"

                width: parent.width
                text: (root.grave ? "▲ " : "") + root.title
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                maximumLineCount: 4
                elide: Text.ElideRight
                color: root.grave ? Theme.error : Theme.text
                font.pixelSize: Theme.textSize
                font.bold: true
                Accessible.role: Accessible.StaticText
                Accessible.name: root.title
            }

            Text {
                objectName: "certificateReason"

                width: parent.width
                visible: text.length > 0
                text: root.reason
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                maximumLineCount: 8
                elide: Text.ElideRight
                color: root.grave ? Theme.error : Theme.text
                font.pixelSize: Theme.textSize
                Accessible.role: Accessible.StaticText
                Accessible.name: text
            }

            Repeater {
                model: root.facts

                Item {
                    id: fact

                    required property var modelData

                    readonly property bool narrow: width < 480

                    width: content.width
                    implicitHeight: words.y + words.height
                    Accessible.role: Accessible.StaticText
                    Accessible.name: modelData.name + ": " + modelData.words

                    Text {
                        id: name

                        y: fact.narrow ? 0 : words.baselineOffset - baselineOffset
                        width: fact.narrow ? fact.width : 110
                        text: fact.modelData.name
                        textFormat: Text.PlainText
                        color: Theme.quiet
                        font.pixelSize: Theme.quietSize
                        Accessible.ignored: true
                    }

                    Text {
                        id: words
                        objectName: "certificateFact"

                        x: fact.narrow ? 0 : name.width
                        y: fact.narrow ? name.height : 0
                        width: fact.width - x
                        text: fact.modelData.words
                        textFormat: Text.PlainText
                        wrapMode: Text.WrapAnywhere
                        maximumLineCount: 6
                        elide: Text.ElideRight
                        color: fact.modelData.grave ? Theme.error : Theme.text
                        font.family: Theme.fixedFont
                        font.pixelSize: Theme.quietSize
                        Accessible.ignored: true
                    }
                }
            }
        }
    }

    ButtonRow {
        id: buttons

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        anchors.margins: Theme.gap
        anchors.leftMargin: Theme.margin
        anchors.rightMargin: Theme.margin

        Command {
            id: distrust
            objectName: "distrustCertificate"

            visible: root.grave
            text: root.refused ? qsTr("Do not trust") : qsTr("Do not trust it any more")
            Accessible.description: root.refused ? qsTr("Escape") : qsTr("Forgets it, and disconnects")
            onClicked: root.distrusted()
        }

        Command {
            objectName: "trustCertificate"

            visible: root.refused
            width: Math.min(implicitWidth, buttons.width)
            grave: true
            text: qsTr("Trust this certificate for %1").arg(root.certificate.host)
            Accessible.description: qsTr("Keeps its fingerprint for this server, and connects")
            onClicked: root.trusted(root.certificate.fingerprint)
        }

        Command {
            id: close
            objectName: "closeCertificate"

            visible: !root.refused
            text: qsTr("Close")
            Accessible.description: qsTr("Escape")
            onClicked: root.closed()
        }
    }
}
