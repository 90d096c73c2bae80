// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import QtQuick.Layouts
import AwesomeChat

/*!
    A whole payload, as text, as JSON or as bytes, and what differs from the previous message. Up
    and Down move, Left and Right fold and unfold.
*/
FocusScope {
    id: root

    /*! The message, whether it is binary, and the one to compare it with; see PayloadLines. */
    property alias payload: lines.payload
    property alias isBinary: lines.isBinary
    property alias previous: lines.previous
    /*! PayloadLines.Auto, or what the person has chosen. */
    property alias mode: lines.mode
    /*! Whether the differences to the previous message are shown. */
    property alias comparing: lines.comparing

    /*! Whether the payload can be copied and saved. */
    property bool exportable: true

    /*! The person wants the payload in the clipboard. */
    signal copyRequested()
    /*! The person wants the payload in a file. */
    signal saveRequested()

    readonly property int shownMode: mode === PayloadLines.Auto ? lines.shownMode : mode
    readonly property real letterWidth: metrics.advanceWidth("0".repeat(100)) / 100
    // A mark stands before the numbers.
    readonly property int columns: (width - Theme.gap - Theme.margin) / letterWidth - 1

    implicitWidth: 640
    implicitHeight: 400

    onColumnsChanged: {
        const isLarge = lines.count > 10000;
        relayout.interval = isLarge ? 150 : 0;
        relayout.restart();
    }

    /*! Makes the rows anew by \a change, and shows again what was in sight. */
    function keepPlace(change: var) {
        const top = lines.offsetAt(Math.max(0, list.indexAt(0, list.contentY)));
        const current = lines.offsetAt(list.currentIndex);
        change();
        list.currentIndex = lines.rowAt(current);
        list.positionViewAtIndex(lines.rowAt(top), ListView.Beginning);
    }

    function setMode(mode: int) {
        keepPlace(() => lines.mode = mode);
    }

    /*! Folds the object or array of the current row; or goes to the one that the row is in. */
    function foldOrLeave() {
        const row = list.currentIndex;
        if (lines.isFoldable(row) && !lines.isFolded(row))
            lines.toggleFold(row);
        else if (lines.parentOf(row) >= 0)
            list.currentIndex = lines.parentOf(row);
    }

    /*! Unfolds the object or array of the current row; or goes to what it holds. */
    function unfoldOrEnter() {
        const row = list.currentIndex;
        if (lines.isFolded(row))
            lines.toggleFold(row);
        else if (lines.isFoldable(row))
            list.currentIndex = row + 1;
    }

    function moveBy(rows: int) {
        list.currentIndex = Math.max(0, Math.min(list.count - 1, list.currentIndex + rows));
    }

    // What is set while the window is being resized would be laid out for each pixel.
    Timer {
        id: relayout

        onTriggered: root.keepPlace(() => lines.columns = root.columns)
    }

    FontMetrics {
        id: metrics

        font.family: Theme.fixedFont
        font.pixelSize: Theme.textSize
    }

    PayloadLines {
        id: lines

        onPayloadChanged: {
            list.currentIndex = 0;
            list.positionViewAtBeginning();
        }
    }

    component Choice: Controls.AbstractButton {
        id: choice

        property int kind: PayloadLines.Text

        implicitWidth: implicitContentWidth + leftPadding + rightPadding
        implicitHeight: implicitContentHeight + topPadding + bottomPadding
        padding: Theme.gap
        checked: root.shownMode === kind
        Accessible.role: Accessible.PageTab
        Accessible.name: text
        Accessible.selected: checked
        Accessible.onPressAction: clicked()
        onClicked: root.setMode(kind)

        contentItem: Text {
            text: choice.text
            textFormat: Text.PlainText
            color: choice.checked ? Theme.text : Theme.quiet
            font.pixelSize: Theme.textSize
        }
        background: Rectangle {
            color: choice.hovered ? Theme.hover : "transparent"
            border.color: choice.visualFocus ? Theme.accent : "transparent"

            Rectangle {
                anchors.bottom: parent.bottom
                width: parent.width
                height: 2
                visible: choice.checked
                color: Theme.accent
            }
        }
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        Rectangle {
            Layout.fillWidth: true
            implicitHeight: header.implicitHeight
            color: Theme.surface

            Rectangle {
                anchors.bottom: parent.bottom
                width: parent.width
                height: 1
                color: Theme.line
            }

            RowLayout {
                id: header

                anchors.left: parent.left
                anchors.right: parent.right
                anchors.leftMargin: Theme.margin - Theme.gap
                anchors.rightMargin: Theme.margin
                spacing: Theme.gap / 2

                Choice {
                    objectName: "textTab"

                    kind: PayloadLines.Text
                    text: qsTr("Text")
                }

                Choice {
                    objectName: "jsonTab"

                    kind: PayloadLines.Json
                    text: qsTr("JSON")
                }

                Choice {
                    objectName: "hexTab"

                    kind: PayloadLines.Hex
                    text: qsTr("Hex")
                }

                Item {
                    Layout.fillWidth: true
                }

                Command {
                    objectName: "changes"

                    readonly property string inWords: !root.comparing ? qsTr("Changes")
                        : lines.changeCount === 1 ? qsTr("1 change")
                        : qsTr("%L1 changes").arg(lines.changeCount)

                    visible: lines.comparable
                    checkable: true
                    checked: root.comparing
                    // A narrow window has no room for the word.
                    text: root.width < 480 ? (root.comparing ? qsTr("± %L1").arg(lines.changeCount) : qsTr("±"))
                                           : inWords
                    Accessible.name: inWords
                    Accessible.description: qsTr("What differs from the previous message of the same shape")
                    onToggled: root.keepPlace(() => root.comparing = checked)
                }

                Command {
                    objectName: "copy"

                    visible: root.exportable
                    text: qsTr("Copy")
                    onClicked: root.copyRequested()
                }

                Command {
                    objectName: "save"

                    visible: root.exportable
                    text: qsTr("Save")
                    onClicked: root.saveRequested()
                }
            }
        }

        Notice {
            objectName: "problem"

            Layout.fillWidth: true
            Layout.margins: visible ? Theme.gap : 0
            Layout.leftMargin: Theme.margin
            Layout.rightMargin: Theme.margin
            text: lines.problem
        }

        ListView {
            id: list
            objectName: "lines"

            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.topMargin: Theme.gap / 2
            boundsBehavior: Flickable.StopAtBounds
            clip: true
            reuseItems: true
            focus: true
            activeFocusOnTab: true
            highlightMoveDuration: 0
            model: lines

            Accessible.role: Accessible.List
            Accessible.name: qsTr("Payload")

            Keys.onLeftPressed: root.foldOrLeave()
            Keys.onRightPressed: root.unfoldOrEnter()
            Keys.onPressed: event => {
                const page = Math.max(1, Math.floor(height / metrics.height) - 1);
                const moves = {
                    [Qt.Key_PageUp]: -page,
                    [Qt.Key_PageDown]: page,
                    [Qt.Key_Home]: -count,
                    [Qt.Key_End]: count
                };
                event.accepted = event.key in moves;
                if (event.accepted)
                    root.moveBy(moves[event.key]);
            }

            delegate: PayloadLine {
                required property int index

                width: ListView.view.width
                letterWidth: root.letterWidth
                numberColumns: lines.numberColumns
                current: list.activeFocus && ListView.isCurrentItem
                onFoldRequested: lines.toggleFold(index)
                onTapped: {
                    list.currentIndex = index;
                    list.forceActiveFocus();
                }
                // A row that waits to be used again is not drawn, but a screen reader would find it.
                ListView.onPooled: visible = false
                ListView.onReused: visible = true
            }

            Controls.ScrollBar.vertical: ScrollBar {}
        }
    }
}
