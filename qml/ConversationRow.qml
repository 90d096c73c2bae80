// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    One of the conversations there are: its name or server, how much it holds, when it was used last.
    When it is chosen there are buttons for what can be done with it.
*/
FocusScope {
    id: root

    enum Mode { Shown, Renaming, Asking }

    required property int conversation
    /*! See ConversationModel. */
    required property string title
    required property string name
    required property string server
    required property int entries
    required property date lastUsed
    required property bool current
    required property bool elsewhere
    property bool chosen: false
    property int mode: ConversationRow.Shown

    signal tapped()
    signal opened()
    signal renamed(string name)
    signal removed()
    /*! It is not being renamed or asked about any more. */
    signal finished()

    readonly property string entriesText: entries === 1 ? qsTr("1 entry") : qsTr("%L1 entries").arg(entries)
    readonly property string timeText: {
        const now = new Date();
        const isToday = lastUsed.toDateString() === now.toDateString();
        return Qt.formatDateTime(lastUsed, isToday ? "hh:mm" : "yyyy-MM-dd hh:mm");
    }
    readonly property string stateText: current ? qsTr("this window") : elsewhere ? qsTr("another window") : ""
    readonly property string detailText: (stateText.length > 0 ? stateText + "  ·  " : "")
        + entriesText + "  ·  " + timeText

    function rename() {
        mode = ConversationRow.Renaming;
    }

    function askToRemove() {
        if (!elsewhere)
            mode = ConversationRow.Asking;
    }

    function finish() {
        mode = ConversationRow.Shown;
        root.finished();
    }

    implicitHeight: layout.implicitHeight + 2 * Theme.gap
    Accessible.role: Accessible.ListItem
    Accessible.name: title
    Accessible.description: (name.length > 0 ? server + ", " : "") + detailText
    Accessible.selected: chosen
    Accessible.onPressAction: root.opened()

    onModeChanged: {
        if (mode === ConversationRow.Renaming) {
            field.text = name;
            field.forceActiveFocus();
            field.selectAll();
        } else if (mode === ConversationRow.Asking) {
            keep.forceActiveFocus();
        }
    }

    Rectangle {
        anchors.fill: parent
        color: root.chosen ? Theme.selection : hover.hovered ? Theme.hover : "transparent"
        opacity: root.chosen ? 0.45 : 1
    }

    Rectangle {
        width: 3
        height: parent.height
        visible: root.current
        color: Theme.received
    }

    HoverHandler {
        id: hover
    }

    TapHandler {
        gesturePolicy: TapHandler.DragThreshold
        onTapped: root.tapped()
        onDoubleTapped: root.opened()
    }

    ColumnLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.margin
        anchors.rightMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.gap / 4

        Text {
            objectName: "conversationTitle"

            Layout.fillWidth: true
            visible: root.mode !== ConversationRow.Renaming
            text: root.title.length > 0 ? root.title : qsTr("(no address)")
            textFormat: Text.PlainText
            elide: Text.ElideMiddle
            color: Theme.text
            font.family: Theme.fixedFont
            font.pixelSize: Theme.textSize
            font.bold: root.name.length > 0
            Accessible.ignored: true
        }

        Field {
            id: field
            objectName: "renameField"

            Layout.fillWidth: true
            visible: root.mode === ConversationRow.Renaming
            maximumLength: 200
            prompt: qsTr("A name; empty: the address")
            onAccepted: {
                root.renamed(text);
                root.finish();
            }
            Keys.onEscapePressed: root.finish()
        }

        Text {
            objectName: "conversationServer"

            Layout.fillWidth: true
            visible: root.name.length > 0
            text: root.server
            textFormat: Text.PlainText
            elide: Text.ElideMiddle
            color: Theme.quiet
            font.family: Theme.fixedFont
            font.pixelSize: Theme.quietSize
            Accessible.ignored: true
        }

        // As high with the buttons as without: nothing moves under a double click.
        RowLayout {
            Layout.minimumHeight: open.implicitHeight
            visible: root.mode === ConversationRow.Shown
            spacing: Theme.gap / 2

            Text {
                objectName: "conversationDetail"

                Layout.fillWidth: true
                text: root.detailText
                textFormat: Text.PlainText
                elide: Text.ElideRight
                color: Theme.quiet
                font.pixelSize: Theme.quietSize
                Accessible.ignored: true
            }

            Command {
                id: open
                objectName: "open"

                visible: root.chosen
                text: root.current ? qsTr("Back") : qsTr("Open")
                Accessible.description: qsTr("Enter")
                onClicked: root.opened()
            }

            Command {
                objectName: "rename"

                visible: root.chosen
                text: qsTr("Rename")
                Accessible.description: qsTr("F2")
                onClicked: root.rename()
            }

            Command {
                objectName: "askRemove"

                visible: root.chosen
                text: qsTr("Delete")
                enabled: !root.elsewhere
                Accessible.description: qsTr("Delete; asks first")
                onClicked: root.askToRemove()
            }
        }

        Text {
            Layout.fillWidth: true
            visible: root.mode === ConversationRow.Asking
            text: qsTr("Delete it with all it holds (%1)? It cannot be had back.").arg(root.entriesText)
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: Theme.error
            font.pixelSize: Theme.quietSize
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }

        RowLayout {
            Layout.topMargin: Theme.gap / 4
            visible: root.mode === ConversationRow.Asking
            spacing: Theme.gap / 2
            Keys.onEscapePressed: root.finish()

            Command {
                id: keep
                objectName: "keep"

                text: qsTr("Keep")
                KeyNavigation.right: remove
                onClicked: root.finish()
            }

            Command {
                id: remove
                objectName: "remove"

                text: qsTr("Delete")
                grave: true
                KeyNavigation.left: keep
                onClicked: {
                    root.removed();
                    root.finish();
                }
            }
        }
    }
}
