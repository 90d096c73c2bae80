// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    One row of the transcript: the prefix and the message, 1 to 23 where that is not too far, and in
    a quieter tone when it came and how large it is. The message may be anybody's words, so it is plain text.
*/
Item {
    id: root

    /*! ">" for what was sent, "<" for what was received, "#" for status. */
    required property string prefix
    /*! The message as it may be shown; see Transcript.TextRole. */
    required property string text
    /*! Whether text is only the beginning of the message. */
    required property bool cut
    required property int direction
    required property int kind
    required property date time
    /*! Bytes of payload. */
    required property int size
    /*! How many equal entries the row stands for. */
    required property int repeat
    /*! How long the echo took, which this is or which has come of it, in ms; -1: none. */
    required property real roundTrip
    /*! Where it stands, of what was sent lately: Outbox.Sending, …; -1 where that is not known. */
    required property int delivery
    /*! What begins with this row; see Transcript.Mark. */
    required property int mark
    /*! The number of the entry in its conversation. */
    required property int seq
    /*! Whether the row is one of those that were chosen. */
    property bool selected: false
    /*! What is looked for, and marked where the message has it. */
    property string needle: ""

    readonly property bool isMessage: direction !== EntryType.Local
    readonly property color tone: kind === EntryType.Failed ? Theme.error
                                : direction === EntryType.Sent ? Theme.sent
                                : direction === EntryType.Received ? Theme.received : Theme.status
    readonly property string timeText: Qt.formatTime(time, "hh:mm:ss.zzz")
    readonly property string sizeText: (kind === EntryType.Binary ? qsTr("binary %1") : "%1").arg(Units.bytes(size))
    readonly property string cutText: cut
        ? qsTr("… the beginning of %1 is shown").arg(Units.bytes(size)) : ""

    readonly property string repeatText: repeat > 1 ? qsTr("×%L1").arg(repeat) : ""
    readonly property bool isEchoed: delivery === Outbox.Echoed
    readonly property bool isInDoubt: delivery === Outbox.InDoubt
    readonly property string roundTripText: roundTrip < 0 ? "" : Units.milliseconds(roundTrip)
    readonly property string deliveryText: isEchoed ? "✓"
        : isInDoubt ? qsTr("in doubt")
        : width < 640 ? ""
        : delivery === Outbox.Sending ? qsTr("sending…")
        : delivery === Outbox.Sent ? qsTr("sent")
        : delivery === Outbox.Confirmed ? qsTr("arrived") : ""
    readonly property string deliveryWords: isEchoed ? qsTr("echoed") : deliveryText
    readonly property string markText: mark === Transcript.Unseen ? qsTr("new since you last looked")
        : mark === Transcript.Resumed ? qsTr("earlier conversation above") : ""
    readonly property string metaText: !wide ? repeatText : joined("  ", repeatText,
                                              joined(" ", deliveryText, width >= 640 ? roundTripText : ""),
                                              isMessage ? sizeText : "", timeText)

    readonly property bool hasHits: needle.length > 0 && text.toLowerCase().includes(needle.toLowerCase())

    // A narrow window keeps its room for the words.
    readonly property bool wide: width >= 480
    readonly property real metaWidth: wide ? Math.max(metrics.width, meta.implicitWidth) + Theme.margin
        : repeat > 1 ? meta.implicitWidth + Theme.gap : 0
    readonly property real column: (width - 2 * Theme.margin - metaWidth) / 24
    readonly property real prefixWidth: Math.min(column, 2 * Theme.textSize)
    // What a status row does not need of that, its words have: they are often sentences.
    readonly property real spareWidth: !isMessage && wide ? metaWidth - meta.implicitWidth - Theme.margin : 0

    /*! The words that are not empty, with separator between them. */
    function joined(separator: string, ...words): string {
        let result = "";
        for (const word of words)
            result += word.length === 0 ? "" : result.length === 0 ? word : separator + word;
        return result;
    }

    function whoInWords(): string {
        return direction === EntryType.Sent ? qsTr("Sent")
             : direction === EntryType.Received ? qsTr("Received") : qsTr("Status");
    }

    implicitHeight: message.y + message.height + (cutNote.visible ? cutNote.height : 0) + Theme.gap / 2

    Accessible.role: Accessible.ListItem
    Accessible.name: prefix + " " + text
    Accessible.description: joined(", ", markText, whoInWords(), timeText, isMessage ? sizeText : "",
                                   repeatText, deliveryWords, roundTripText)
    Accessible.selected: selected

    TextMetrics {
        id: metrics

        font: meta.font
        // The words begin at the same place in every row.
        text: root.width >= 640 ? "✓ 99.99 s  1023.9 KiB  00:00:00.000" : "✓  1023.9 KiB  00:00:00.000"
    }

    Rectangle {
        anchors.fill: parent
        anchors.topMargin: markLine.height
        visible: root.selected
        color: Theme.selection
        opacity: 0.5
    }

    Item {
        id: markLine

        width: root.width
        height: root.markText.length > 0 ? markWords.height + Theme.gap : 0
        visible: height > 0

        Rectangle {
            anchors.verticalCenter: markWords.verticalCenter
            x: Theme.margin
            width: root.width - 2 * Theme.margin
            height: 1
            color: root.mark === Transcript.Unseen ? Theme.accent : Theme.line
        }

        Rectangle {
            anchors.fill: markWords
            anchors.leftMargin: -Theme.gap
            anchors.rightMargin: -Theme.gap
            color: Theme.background
        }

        Text {
            id: markWords
            objectName: "mark"

            anchors.horizontalCenter: parent.horizontalCenter
            y: Theme.gap / 2
            text: root.markText
            textFormat: Text.PlainText
            color: root.mark === Transcript.Unseen ? Theme.accent : Theme.quiet
            font.pixelSize: Theme.quietSize
            Accessible.ignored: true
        }
    }

    Text {
        id: prefixText
        objectName: "prefix"

        x: Theme.margin
        y: message.y
        width: root.prefixWidth
        text: root.prefix
        textFormat: Text.PlainText
        color: root.tone
        font.family: Theme.fixedFont
        font.pixelSize: Theme.textSize
        Accessible.ignored: true
    }

    Text {
        id: message
        objectName: "message"

        x: prefixText.x + prefixText.width
        y: markLine.height
        width: root.column * 24 - root.prefixWidth + root.spareWidth
        visible: !root.hasHits
        text: root.text
        textFormat: Text.PlainText
        wrapMode: Text.Wrap
        color: root.isMessage ? Theme.text : root.tone
        font.family: Theme.fixedFont
        font.pixelSize: Theme.textSize
        Accessible.ignored: true
    }

    // A Text can mark its hits by markup only, and strangers' words are none.
    Loader {
        id: marked

        x: message.x
        y: message.y
        width: message.width
    }

    onHasHitsChanged: marked.setSource(hasHits ? "MarkedMessage.qml" : "", hasHits ? {label: root} : {})

    Text {
        id: cutNote

        anchors.top: message.bottom
        anchors.left: message.left
        visible: root.cut
        text: root.cutText
        textFormat: Text.PlainText
        color: Theme.quiet
        font.pixelSize: Theme.quietSize
        Accessible.ignored: true
    }

    Text {
        id: meta

        anchors.right: parent.right
        anchors.rightMargin: Theme.margin
        anchors.baseline: message.baseline
        visible: root.metaText.length > 0
        text: root.metaText
        textFormat: Text.PlainText
        color: root.isInDoubt ? Theme.status : Theme.quiet
        font.family: Theme.fixedFont
        font.pixelSize: Theme.quietSize
        Accessible.ignored: true
    }
}
