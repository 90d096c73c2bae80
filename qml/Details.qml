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
        if (payload.view === null)
            payload.setSource("PayloadView.qml", {objectName: "details"});
        const view = payload.view;
        view.payload = ""; // or the one before would be laid out anew for each that follows
        view.mode = PayloadLines.Auto;
        view.isBinary = transcript.isBinary(entry);
        view.previous = transcript.previousPayloadOf(entry);
        view.payload = transcript.payloadOf(entry);
        seq = entry;
        saved.text = "";
        view.forceActiveFocus();
    }

    function clear() {
        seq = 0;
        if (payload.view === null)
            return;
        payload.view.payload = "";
        payload.view.previous = "";
    }

    spacing: 0
    visible: seq !== 0

    Rectangle {
        Layout.fillWidth: true
        implicitHeight: 1
        color: Theme.line
    }

    // Not made before it is looked at: a window is there sooner.
    Loader {
        id: payload

        // No type: what is named is loaded with the window.
        readonly property var view: item

        Layout.fillWidth: true
        Layout.fillHeight: true
        Keys.onEscapePressed: root.closed()

        Connections {
            target: payload.view
            ignoreUnknownSignals: true

            function onCopyRequested() {
                root.transcript.copyPayload(root.seq);
            }
            function onSaveRequested() {
                saved.text = root.transcript.savePayload(root.seq);
            }
        }
    }

    Notice {
        id: saved
        objectName: "saved"

        Layout.fillWidth: true
        Layout.margins: visible ? Theme.gap : 0
    }
}
