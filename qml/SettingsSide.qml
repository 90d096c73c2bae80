// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    The settings at the window's side, and the menu to copy the connection. Neither is made before
    it is looked at: a window is there sooner.
*/
Item {
    id: root

    required property Session chat
    /*! Whether it is all that is seen of the window. */
    property bool narrow: false
    /*! What came of something, in a sentence. */
    property string said: ""

    readonly property bool shown: loader.visible
    // No type: what is named is loaded with the window.
    readonly property var pane: loader.item

    /*! What was typed is to be kept, and to be connected like that or not yet. */
    signal saveRequested(bool connects)
    signal copied(string said)
    signal closed()

    function toggle() {
        if (shown)
            close();
        else
            open();
    }

    function open() {
        chat.settingsForm.load(chat.url);
        show();
        pane.focusField();
    }

    function close() {
        hide();
        closed();
    }

    function hide() {
        loader.visible = false;
    }

    function show() {
        said = "";
        loader.visible = true;
    }

    /*! Fills in what a command says; see SettingsForm.paste(). */
    function takeCommand(text: string): string {
        const problem = chat.settingsForm.paste(text);
        if (problem.length === 0) {
            show();
            pane.showBegin();
            if (narrow)
                pane.focusField();
        }
        return problem;
    }

    function showCopyMenu(button: Item) {
        copyMenu.active = true;
        copyMenu.menu.popup(button, button.width - copyMenu.menu.width, button.height);
    }

    function copy(form: int) {
        said = chat.settings.copyAs(chat.url, form);
        if (chat.settingsForm.hasChangesFor(chat.url))
            said += " " + qsTr("Settings that are not saved are not in it.");
        copied(said);
    }

    Connections {
        target: root.chat

        function onUrlChanged() {
            if (root.shown)
                root.chat.settingsForm.load(root.chat.url);
        }
    }

    Loader {
        id: loader
        objectName: "settingsPane"

        anchors.fill: parent
        visible: false
        onVisibleChanged: {
            if (visible)
                setSource("SettingsPane.qml", {form: root.chat.settingsForm, focus: true});
        }

        Binding {
            target: loader.item
            when: loader.status === Loader.Ready
            property: "connected"
            value: !root.chat.ended
        }

        Binding {
            target: loader.item
            when: loader.status === Loader.Ready
            property: "notice"
            value: root.said.length > 0 ? root.said : root.chat.settings.problem
        }

        Connections {
            target: root.pane
            ignoreUnknownSignals: true

            function onSaveRequested(connects: bool) {
                // What comes of it is in the rows.
                if (connects)
                    root.hide();
                root.saveRequested(connects);
            }

            function onCopyRequested(button: Item) {
                root.showCopyMenu(button);
            }

            function onClosed() {
                root.close();
            }
        }
    }

    Loader {
        id: copyMenu

        readonly property var menu: item

        active: false
        source: "CopyMenu.qml"

        Connections {
            target: copyMenu.item
            ignoreUnknownSignals: true

            function onChosen(form: int) {
                root.copy(form);
            }
        }
    }
}
