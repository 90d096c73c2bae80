// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    Whom to trust, and how to show who one is: for wss:// addresses.
*/
ColumnLayout {
    id: root

    required property SettingsForm form

    spacing: Theme.gap / 2

    Notice {
        Layout.fillWidth: true
        text: root.form.isSecure ? "" : qsTr("They are for wss:// addresses.")
    }

    SettingField {
        objectName: "caFile"

        visible: root.form.isSecure || text.length > 0
        isFile: true
        label: qsTr("Trust those in")
        prompt: qsTr("a file in PEM")
        text: root.form.caFile
        onTextChanged: root.form.caFile = text
    }
    SettingField {
        objectName: "certificateFile"

        visible: root.form.isSecure || text.length > 0
        isFile: true
        label: qsTr("Own certificate")
        prompt: qsTr("a file in PEM")
        text: root.form.certificateFile
        onTextChanged: root.form.certificateFile = text
    }
    SettingField {
        objectName: "keyFile"

        visible: root.form.isSecure || text.length > 0
        isFile: true
        label: qsTr("Its key")
        prompt: qsTr("a file in PEM")
        text: root.form.keyFile
        onTextChanged: root.form.keyFile = text
    }
    RowLayout {
        visible: root.form.isSecure || pin.text.length > 0
        spacing: Theme.gap / 2

        SettingField {
            id: pin
            objectName: "pinnedFingerprint"

            label: qsTr("Pinned SHA-256")
            prompt: qsTr("any that is valid")
            text: root.form.pinnedFingerprint
            onTextChanged: root.form.pinnedFingerprint = text
        }

        Command {
            objectName: "forgetFingerprint"

            visible: pin.text.length > 0
            text: qsTr("Forget")
            Accessible.name: qsTr("Forget the fingerprint")
            onClicked: {
                root.form.pinnedFingerprint = "";
                pin.focusField();
            }
        }
    }
}
