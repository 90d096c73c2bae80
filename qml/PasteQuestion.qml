// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    Asks what is to become of a text of many lines, or of one that is too long for the line.
*/
FocusScope {
    id: root

    /*! How many lines it has that are not empty, and how many bytes. */
    required property int lineCount
    required property int bytes
    /*! Whether it can be put into the line. */
    required property bool fits

    /*! It is one message: to be put into the line where it fits, else to be sent. */
    signal oneRequested()
    /*! Each of its lines is a message, to be sent. */
    signal eachRequested()
    signal closed()

    readonly property string words: lineCount > 1
        ? qsTr("Pasted: %L1 lines, %2").arg(lineCount).arg(Units.bytes(bytes))
        : qsTr("Pasted: %1, more than the line holds").arg(Units.bytes(bytes))

    function focusFirst() {
        oneButton.forceActiveFocus(Qt.TabFocusReason); // so that it is seen
    }

    objectName: "pasteQuestion"
    implicitHeight: column.implicitHeight
    Accessible.role: Accessible.AlertMessage
    Accessible.name: words

    Keys.onPressed: event => {
        event.accepted = true;
        if (event.key === Qt.Key_M && lineCount > 1)
            eachRequested();
        else if (event.key === Qt.Key_Escape)
            closed();
        else
            event.accepted = false;
    }

    Column {
        id: column

        width: parent.width
        spacing: Theme.gap / 2

        Text {
            objectName: "pasteWords"

            width: parent.width
            text: root.words
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
            color: Theme.status
            font.pixelSize: Theme.quietSize
            Accessible.ignored: true
        }

        ButtonRow {
            width: parent.width

            Command {
                id: oneButton
                objectName: "pasteOne"

                focus: true
                text: root.fits ? qsTr("One message") : qsTr("Send as one message")
                Accessible.description: qsTr("Enter")
                onClicked: root.oneRequested()
            }

            Command {
                objectName: "pasteEach"

                visible: root.lineCount > 1
                text: qsTr("Send %L1 messages (M)").arg(root.lineCount)
                onClicked: root.eachRequested()
            }

            Command {
                objectName: "pasteCancel"

                text: qsTr("Cancel")
                Accessible.description: qsTr("Escape")
                onClicked: root.closed()
            }
        }
    }
}
