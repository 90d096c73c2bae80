// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    Tells that an earlier conversation, or a file, is being read, and not the one that goes on; and
    what can be done with it.
*/
Bar {
    id: root

    /*! What is read: a name, an address or a file, as it may be shown; and with which server it was. */
    required property string title
    required property string server
    required property int entryCount
    /*! When its first entry and its last one were. */
    required property date firstTime
    required property date lastTime
    /*! How much of it has been read from its file, 0 to 1; from 1 on it can be exported. */
    property real progress: 1
    /*! How many entries have come meanwhile in the conversation that goes on. */
    property int newCount: 0
    /*! Whether it can be gone on with. */
    property bool canGoOn: true
    /*! What there is to say about it, in a sentence. */
    property string notice: ""

    signal backRequested()
    signal exportRequested()
    signal replayRequested()
    signal goOnRequested()

    readonly property string detailText: {
        if (progress < 1)
            return qsTr("%1 % of the file so far…").arg(Math.floor(progress * 100));
        const words = [];
        if (server.length > 0 && server !== title)
            words.push(server);
        words.push(together(entryCount === 1 ? qsTr("1 entry") : qsTr("%L1 entries").arg(entryCount)));
        if (timeText.length > 0)
            words.push(together(timeText));
        return words.join("  ·  ");
    }
    readonly property string timeText: {
        if (isNaN(firstTime.getTime()) || isNaN(lastTime.getTime()))
            return "";
        const isOneDay = firstTime.toDateString() === lastTime.toDateString();
        return Qt.formatDateTime(firstTime, "yyyy-MM-dd hh:mm") + " – "
             + Qt.formatDateTime(lastTime, isOneDay ? "hh:mm" : "yyyy-MM-dd hh:mm");
    }

    /*! Words of our own that no line is to break. */
    function together(words: string): string {
        return words.replace(/ /g, "\u00a0");
    }

    implicitHeight: layout.implicitHeight + 2 * Theme.gap
    color: Theme.changed
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Reading %1").arg(title)
    Accessible.description: detailText

    GridLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.margin
        anchors.rightMargin: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        columns: root.width < 640 ? 1 : 2
        columnSpacing: Theme.margin
        rowSpacing: Theme.gap

        ColumnLayout {
            Layout.fillWidth: true
            spacing: Theme.gap / 4

            RowLayout {
                spacing: Theme.gap

                Text {
                    text: qsTr("Reading")
                    textFormat: Text.PlainText
                    color: Theme.status
                    font.pixelSize: Theme.textSize
                    Accessible.ignored: true
                }

                Text {
                    objectName: "readingTitle"

                    Layout.fillWidth: true
                    text: root.title
                    textFormat: Text.PlainText
                    elide: Text.ElideMiddle
                    color: Theme.text
                    font.pixelSize: Theme.textSize
                    font.bold: true
                    Accessible.ignored: true
                }
            }

            Text {
                objectName: "readingDetail"

                Layout.fillWidth: true
                text: root.detailText
                textFormat: Text.PlainText
                wrapMode: Text.Wrap
                maximumLineCount: 3
                elide: Text.ElideRight
                color: Theme.quiet
                font.pixelSize: Theme.quietSize
                Accessible.ignored: true
            }
        }

        ButtonRow {
            Layout.fillWidth: root.width < 640
            Layout.preferredWidth: root.width < 640 ? -1 : oneLine
            Layout.alignment: Qt.AlignVCenter

            Command {
                objectName: "back"

                text: root.newCount > 0 ? qsTr("Back (%L1 new)").arg(root.newCount) : qsTr("Back")
                Accessible.description: qsTr("Escape: to the conversation that goes on")
                onClicked: root.backRequested()
            }

            Command {
                objectName: "export"

                enabled: root.entryCount > 0
                text: qsTr("Export")
                Accessible.description: qsTr("Ctrl+S")
                onClicked: root.exportRequested()
            }

            Command {
                objectName: "replay"

                enabled: root.entryCount > 0
                text: qsTr("Replay")
                Accessible.description: qsTr("Sends what was sent once more, and compares the answers")
                onClicked: root.replayRequested()
            }

            Command {
                objectName: "goOn"

                visible: root.canGoOn
                text: qsTr("Go on with it")
                Accessible.description: qsTr("Connects to its server and continues this conversation")
                onClicked: root.goOnRequested()
            }
        }

        Notice {
            objectName: "readingNotice"

            Layout.fillWidth: true
            Layout.columnSpan: layout.columns
            text: root.notice
            color: Theme.error
        }
    }
}
