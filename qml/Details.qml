// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    One message of a transcript, whole, beside its rows; with where it was saved.
*/
ColumnLayout {
    id: root

    /*! The transcript that has it. */
    required property Transcript transcript
    /*! Its number there; 0: nothing is shown. */
    property int seq: 0

    /*! The person has seen enough. */
    signal closed()

    function show(entry: int) {
        payloadView.payload = ""; // or the one before would be laid out anew for each that follows
        payloadView.mode = PayloadLines.Auto;
        payloadView.isBinary = transcript.isBinary(entry);
        payloadView.previous = transcript.previousPayloadOf(entry);
        payloadView.payload = transcript.payloadOf(entry);
        seq = entry;
        saved.text = "";
        payloadView.forceActiveFocus();
    }

    function clear() {
        seq = 0;
        payloadView.payload = "";
        payloadView.previous = "";
    }

    spacing: 0
    visible: seq !== 0

    Rectangle {
        Layout.fillWidth: true
        implicitHeight: 1
        color: Theme.line
    }

    PayloadView {
        id: payloadView
        objectName: "details"

        Layout.fillWidth: true
        Layout.fillHeight: true
        onCopyRequested: root.transcript.copyPayload(root.seq)
        onSaveRequested: saved.text = root.transcript.savePayload(root.seq)
        Keys.onEscapePressed: root.closed()
    }

    Notice {
        id: saved
        objectName: "saved"

        Layout.fillWidth: true
        Layout.margins: visible ? Theme.gap : 0
    }
}
