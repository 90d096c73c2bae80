// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    A file that is to be sent: asks for its path, then what it is to be sent as, and shows how far it
    has got.
*/
FocusScope {
    id: root

    required property FileToSend file
    /*! Whether the path is still to be asked for. */
    property bool asking: false

    signal pathEntered(string path)
    signal sendRequested(bool asText)
    signal closed()

    readonly property bool choosing: !asking && file.ready
    readonly property string words: file.error.length > 0 ? file.error
        : file.reading ? qsTr("Reading %1").arg(file.title)
        : file.sending ? qsTr("%1: %2 of %3 have gone out").arg(file.title).arg(Units.bytes(file.sent))
                                                           .arg(Units.bytes(file.size))
        : qsTr("%1, %2").arg(file.title).arg(Units.bytes(file.size))

    function focusFirst() {
        if (asking)
            pathBar.focusField();
        else if (choosing)
            binaryButton.forceActiveFocus(Qt.TabFocusReason);
        else
            root.forceActiveFocus();
    }

    onChoosingChanged: {
        if (choosing && activeFocus)
            binaryButton.forceActiveFocus(Qt.TabFocusReason);
    }

    implicitHeight: asking ? pathBar.implicitHeight : column.implicitHeight + 2 * Theme.gap

    Keys.onPressed: event => {
        event.accepted = true;
        if (event.key === Qt.Key_T && choosing && file.isText)
            sendRequested(true);
        else if (event.key === Qt.Key_Escape)
            closed();
        else
            event.accepted = false;
    }

    Bar {
        anchors.fill: parent
        visible: !root.asking
        Accessible.role: Accessible.AlertMessage
        Accessible.name: root.words
    }

    PathBar {
        id: pathBar

        width: parent.width
        visible: root.asking
        focus: root.asking
        prompt: qsTr("File to send")
        action: qsTr("Send…")
        browses: true
        onAccepted: path => root.pathEntered(path)
        onClosed: root.closed()
    }

    Column {
        id: column

        x: Theme.margin
        y: Theme.gap
        width: parent.width - 2 * Theme.margin
        spacing: Theme.gap / 2
        visible: !root.asking

        Text {
            objectName: "fileWords"

            width: parent.width
            text: root.words
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            maximumLineCount: 3
            elide: Text.ElideRight
            color: root.file.error.length > 0 ? Theme.error : Theme.text
            font.pixelSize: Theme.textSize
            Accessible.ignored: true
        }

        Rectangle {
            objectName: "fileProgress"

            width: parent.width
            height: 3
            radius: height / 2
            visible: root.file.sending
            color: Theme.line

            Rectangle {
                width: parent.width * root.file.sent / Math.max(1, root.file.size)
                height: parent.height
                radius: height / 2
                color: Theme.accent
            }
        }

        ButtonRow {
            width: parent.width
            visible: !root.file.sending

            Command {
                id: binaryButton
                objectName: "sendAsBinary"

                visible: root.choosing
                focus: true
                text: qsTr("Send as binary")
                Accessible.description: qsTr("Enter")
                onClicked: root.sendRequested(false)
            }

            Command {
                objectName: "sendAsText"

                visible: root.choosing && root.file.isText
                text: qsTr("Send as text (T)")
                onClicked: root.sendRequested(true)
            }

            Command {
                objectName: "sendCancel"

                text: qsTr("Cancel")
                Accessible.description: qsTr("Escape")
                onClicked: root.closed()
            }
        }
    }
}
