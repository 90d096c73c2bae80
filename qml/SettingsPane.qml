// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import QtQuick.Layouts
import AwesomeChat

/*!
    How to connect to a server: headers, limits, first messages, certificates. What is typed stays
    in the form until it is saved or reverted. Ctrl+Enter saves and connects, Escape closes.
*/
FocusScope {
    id: root

    required property SettingsForm form
    /*! Whether there is a connection to be replaced. */
    property bool connected: false
    /*! What else there is to say, in a sentence, such as why nothing is kept. */
    property string notice: ""

    /*! The person wants what was typed to be kept, and to be connected like that or not yet. */
    signal saveRequested(bool connects)
    /*! The person wants the connection as a command or a program; the menu belongs above. */
    signal copyRequested(Item button)
    signal closed()

    readonly property bool canSave: form.problem.length === 0

    function focusField() {
        // A header is what most servers want; an empty row counts for nothing.
        const row = headers.itemAt(0) as HeaderRow;
        if (row)
            row.focusField();
        else
            headers.add();
    }

    function showBegin() {
        view.contentY = 0;
    }

    function save(connects: bool) {
        if (canSave)
            root.saveRequested(connects);
    }

    /*! Scrolls to what has the keyboard. */
    function reveal(item: Item) {
        let inside = item;
        while (inside && inside !== content)
            inside = inside.parent;
        if (!inside || !item)
            return;
        const top = item.mapToItem(content, 0, 0).y - Theme.margin;
        const bottom = top + item.height + 2 * Theme.margin;
        if (top < view.contentY)
            view.contentY = Math.max(0, top);
        else if (bottom > view.contentY + view.height)
            view.contentY = Math.max(0, Math.min(bottom - view.height, view.contentHeight - view.height));
    }

    implicitWidth: 400
    implicitHeight: 480
    Accessible.role: Accessible.Pane
    Accessible.name: qsTr("Settings of %1").arg(form.address)

    Keys.onEscapePressed: root.closed()

    readonly property Item focusItem: Window.activeFocusItem
    onFocusItemChanged: reveal(focusItem)

    Shortcut {
        sequences: ["Ctrl+Return", "Ctrl+Enter"]
        enabled: root.activeFocus
        onActivated: root.save(true)
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.surface
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 0

        RowLayout {
            Layout.fillWidth: true
            Layout.margins: Theme.gap
            Layout.leftMargin: Theme.margin
            spacing: Theme.gap

            Text {
                text: qsTr("Settings")
                textFormat: Text.PlainText
                color: Theme.text
                font.pixelSize: Theme.textSize
                font.bold: true
                Accessible.ignored: true
            }

            Text {
                objectName: "settingsAddress"

                Layout.fillWidth: true
                text: root.form.address
                textFormat: Text.PlainText
                elide: Text.ElideMiddle
                color: Theme.quiet
                font.family: Theme.fixedFont
                font.pixelSize: Theme.quietSize
                Accessible.ignored: true
            }

            Command {
                id: copyAs
                objectName: "copyAs"

                text: qsTr("Copy as…")
                Accessible.description: qsTr("Ctrl+Alt+C")
                onClicked: root.copyRequested(copyAs)
            }

            Command {
                objectName: "closeSettings"

                text: "✕"
                Accessible.name: qsTr("Close the settings")
                Accessible.description: qsTr("Escape")
                onClicked: root.closed()
            }
        }

        Flickable {
            id: view
            objectName: "settingsView"

            Layout.fillWidth: true
            Layout.fillHeight: true
            clip: true
            boundsBehavior: Flickable.StopAtBounds
            contentHeight: content.implicitHeight + Theme.margin
            // What has the keyboard may be moved, too.
            onHeightChanged: root.reveal(root.focusItem)
            onContentHeightChanged: root.reveal(root.focusItem)

            Controls.ScrollBar.vertical: ScrollBar {}

            ColumnLayout {
                id: content

                x: Theme.margin
                width: view.width - 2 * Theme.margin
                spacing: Theme.gap / 2

                Notice {
                    objectName: "settingsNotes"

                    Layout.fillWidth: true
                    maximumLineCount: 20
                    text: root.form.notes
                    color: Theme.status
                }

                Notice {
                    objectName: "settingsPutAside"

                    Layout.fillWidth: true
                    text: root.form.putAside
                    color: Theme.status
                }

                SectionTitle {
                    text: qsTr("Headers of the request")
                    Layout.topMargin: 0
                }

                // No layout: in Qt 6.4 one that is resized before it has heard that rows are gone crashes.
                Column {
                    id: headersRows

                    Layout.fillWidth: true
                    visible: headers.count > 0
                    spacing: Theme.gap / 2

                    Repeater {
                        id: headers

                        function add() {
                            const row = itemAt(root.form.headers.add()) as HeaderRow;
                            if (row)
                                row.focusField();
                        }

                        model: root.form.headers

                        HeaderRow {
                            width: headersRows.width
                            onNameEdited: text => root.form.headers.setName(index, text)
                            onValueEdited: text => root.form.headers.setValue(index, text)
                            onNextRequested: headers.add()
                            onRemoveRequested: {
                                root.form.headers.remove(index);
                                addHeader.forceActiveFocus();
                            }
                        }
                    }
                }

                Command {
                    id: addHeader
                    objectName: "addHeader"

                    text: qsTr("Add a header")
                    onClicked: headers.add()
                }

                SectionTitle {
                    text: qsTr("Connection")
                }

                SettingField {
                    objectName: "subprotocols"

                    label: qsTr("Subprotocols")
                    prompt: qsTr("none")
                    text: root.form.subprotocols
                    onTextChanged: root.form.subprotocols = text
                }
                SettingField {
                    objectName: "origin"

                    label: qsTr("Origin")
                    prompt: qsTr("none")
                    text: root.form.origin
                    onTextChanged: root.form.origin = text
                }
                SettingField {
                    objectName: "userAgent"

                    label: qsTr("User agent")
                    prompt: qsTr("none")
                    text: root.form.userAgent
                    onTextChanged: root.form.userAgent = text
                }
                SettingField {
                    objectName: "maxMessageSize"

                    label: qsTr("Largest message")
                    prompt: root.form.defaultMaxMessageSize
                    text: root.form.maxMessageSize
                    onTextChanged: root.form.maxMessageSize = text
                }
                SettingField {
                    objectName: "handshakeTimeout"

                    label: qsTr("Connect within")
                    prompt: root.form.defaultHandshakeTimeout
                    text: root.form.handshakeTimeout
                    onTextChanged: root.form.handshakeTimeout = text
                }
                SettingField {
                    objectName: "pingInterval"

                    label: qsTr("Ping every")
                    prompt: qsTr("%1; 0 is never").arg(root.form.defaultPingInterval)
                    text: root.form.pingInterval
                    onTextChanged: root.form.pingInterval = text
                }

                CheckMark {
                    objectName: "reconnect"

                    Layout.fillWidth: true
                    text: qsTr("Connect again by itself when the connection is lost")
                    checked: root.form.reconnect
                    onToggled: root.form.reconnect = checked
                }

                SectionTitle {
                    text: qsTr("First messages")
                }

                Notice {
                    Layout.fillWidth: true
                    text: qsTr("Sent on every connect, before anything else.")
                }

                // No layout: in Qt 6.4 one that is resized before it has heard that rows are gone crashes.
                Column {
                    id: messagesRows

                    Layout.fillWidth: true
                    visible: messages.count > 0
                    spacing: Theme.gap / 2

                    Repeater {
                        id: messages

                        function add() {
                            const row = itemAt(root.form.firstMessages.add()) as FirstMessageRow;
                            if (row)
                                row.focusField();
                        }

                        model: root.form.firstMessages

                        FirstMessageRow {
                            width: messagesRows.width
                            onValueEdited: text => root.form.firstMessages.setValue(index, text)
                            onNextRequested: messages.add()
                            onRemoveRequested: {
                                root.form.firstMessages.remove(index);
                                addMessage.forceActiveFocus();
                            }
                        }
                    }
                }

                Command {
                    id: addMessage
                    objectName: "addMessage"

                    text: qsTr("Add a message")
                    onClicked: messages.add()
                }

                SectionTitle {
                    text: qsTr("Certificates (TLS)")
                }

                CertificateSettings {
                    Layout.fillWidth: true
                    form: root.form
                }
            }
        }

        Rectangle {
            Layout.fillWidth: true
            implicitHeight: 1
            color: Theme.line
        }

        Notice {
            objectName: "settingsProblem"

            Layout.fillWidth: true
            Layout.margins: visible ? Theme.gap : 0
            Layout.leftMargin: Theme.margin
            Layout.bottomMargin: 0
            text: root.form.problem.length > 0 ? root.form.problem : root.notice
            color: root.form.problem.length > 0 ? Theme.error : Theme.quiet
        }

        ButtonRow {
            Layout.fillWidth: true
            Layout.margins: Theme.gap
            Layout.leftMargin: Theme.margin

            Command {
                objectName: "saveAndConnect"

                enabled: root.canSave
                text: root.connected ? qsTr("Save and reconnect") : qsTr("Save and connect")
                Accessible.description: qsTr("Ctrl+Enter")
                onClicked: root.save(true)
            }
            Command {
                objectName: "saveSettings"

                enabled: root.canSave && root.form.modified
                text: qsTr("Save")
                onClicked: root.save(false)
            }
            Command {
                objectName: "revertSettings"

                enabled: root.form.modified
                text: qsTr("Revert")
                onClicked: root.form.revert()
            }
        }
    }

    Rectangle {
        width: 1
        height: parent.height
        color: Theme.line
    }
}
