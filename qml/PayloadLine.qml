// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import AwesomeChat

/*!
    One row of a payload: a mark where it differs from the previous message, its number or offset,
    and its words, each in the colour of its kind. They may be anybody's, so they are plain text.
*/
Rectangle {
    id: root

    /*! The roles of PayloadLines. */
    required property string number
    required property int depth
    required property var spans
    required property string text
    required property bool foldable
    required property bool folded
    required property int change

    /*! The width of a letter of the fixed font. */
    required property real letterWidth
    /*! How many letters the numbers take, with the gap after them. */
    required property int numberColumns
    /*! Whether this is the row that the keyboard is on. */
    required property bool current

    /*! The person wants the row's object or array to be folded, or unfolded. */
    signal foldRequested()
    /*! The person has pointed at the row. */
    signal tapped()

    readonly property string mark: change === PayloadType.Added ? "+"
                                 : change === PayloadType.Removed ? "−"
                                 : change === PayloadType.Changed ? "~" : ""
    readonly property color markTone: change === PayloadType.Added ? Theme.received
                                    : change === PayloadType.Removed ? Theme.error : Theme.status
    readonly property string changeInWords: change === PayloadType.Added ? qsTr("added")
                                          : change === PayloadType.Removed ? qsTr("removed")
                                          : change === PayloadType.Changed ? qsTr("changed") : ""
    readonly property string foldInWords: !foldable ? "" : folded ? qsTr("folded") : qsTr("unfolded")
    readonly property real markWidth: letterWidth + Theme.gap
    readonly property real gap: 2 * letterWidth
    readonly property real room: width - words.x

    function toneOf(kind: int): color {
        switch (kind) {
        case PayloadType.Key:
            return Theme.jsonKey;
        case PayloadType.String:
            return Theme.jsonString;
        case PayloadType.Number:
            return Theme.jsonNumber;
        case PayloadType.Keyword:
            return Theme.jsonKeyword;
        case PayloadType.Punctuation:
        case PayloadType.Note:
            return Theme.quiet;
        default:
            return Theme.text;
        }
    }

    implicitHeight: Math.max(words.height, numberText.height)
    color: change === PayloadType.Added ? Theme.added
         : change === PayloadType.Removed ? Theme.removed
         : change === PayloadType.Changed ? Theme.changed
         : current ? Theme.surface : "transparent"

    Accessible.role: Accessible.ListItem
    Accessible.name: text
    Accessible.description: "%1 %2 %3".arg(number).arg(changeInWords).arg(foldInWords).trim()
    Accessible.focusable: true
    Accessible.focused: current
    Accessible.onPressAction: root.foldRequested()

    TapHandler {
        onTapped: eventPoint => {
            root.tapped();
            if (root.foldable && eventPoint.position.x < words.x)
                root.foldRequested();
        }
    }

    Rectangle {
        visible: root.current
        width: 2
        height: parent.height
        color: Theme.accent
    }

    Text {
        x: Theme.gap / 2
        text: root.mark
        textFormat: Text.PlainText
        color: root.markTone
        font.family: Theme.fixedFont
        font.pixelSize: Theme.textSize
        Accessible.ignored: true
    }

    Text {
        id: numberText
        objectName: "number"

        x: root.markWidth
        width: root.numberColumns * root.letterWidth - root.gap
        horizontalAlignment: Text.AlignRight
        text: root.number
        textFormat: Text.PlainText
        color: Theme.quiet
        font.family: Theme.fixedFont
        font.pixelSize: Theme.textSize
        Accessible.ignored: true
    }

    Text {
        objectName: "fold"

        visible: root.foldable
        x: numberText.x + numberText.width
        width: root.gap
        anchors.verticalCenter: parent.verticalCenter
        horizontalAlignment: Text.AlignHCenter
        text: root.folded ? "▸" : "▾"
        textFormat: Text.PlainText
        color: Theme.quiet
        font.family: Theme.fixedFont
        font.pixelSize: Theme.textSize + 6
        Accessible.ignored: true
    }

    Row {
        id: words
        objectName: "words"

        x: numberText.x + numberText.width + root.gap + 2 * root.depth * root.letterWidth
        // A row fits as a rule. Where a font's letters are wider than counted, they are squeezed.
        transform: Scale {
            xScale: words.width > root.room ? root.room / words.width : 1
        }

        Repeater {
            model: root.spans.length

            Text {
                required property int index
                readonly property var span: root.spans[index] ?? {text: "", kind: PayloadType.Plain}

                text: span.text
                textFormat: Text.PlainText
                color: root.toneOf(span.kind)
                font.family: Theme.fixedFont
                font.pixelSize: Theme.textSize
                Accessible.ignored: true
            }
        }
    }
}
