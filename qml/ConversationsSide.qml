// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    The list of conversations at the window's side. It is not made before it is looked at: a window
    is there sooner.
*/
Loader {
    id: root

    required property Session chat

    readonly property bool shown: visible
    // No type: what is named is loaded with the window.
    readonly property var list: item

    /*! The person wants to read a conversation; with 0, the one that goes on. */
    signal opened(int conversation)
    /*! The person wants to read a file. */
    signal fileRequested()
    signal closed()

    function toggle() {
        if (shown)
            close();
        else
            open();
    }

    function open() {
        visible = true;
        list.filter = "";
        list.notice = "";
        list.focusField();
    }

    function close() {
        hide();
        closed();
    }

    function hide() {
        visible = false;
    }

    visible: false
    onVisibleChanged: {
        if (visible && status === Loader.Null)
            setSource("ConversationList.qml", {objectName: "conversationList", model: chat.conversations});
    }

    Binding {
        target: root.chat.conversations
        property: "active"
        value: root.shown
    }

    Binding {
        target: root.chat.conversations
        property: "filter"
        value: root.list?.filter ?? ""
    }

    Connections {
        target: root.list
        ignoreUnknownSignals: true

        function onOpened(conversation: int, current: bool) {
            root.opened(current ? 0 : conversation);
            root.close();
        }
        function onRenamed(conversation: int, name: string) {
            root.chat.conversations.rename(conversation, name);
        }
        function onRemoved(conversation: int) {
            root.list.notice = root.chat.conversations.remove(conversation) ? ""
                : qsTr("It is not deleted: another window has it.");
        }
        function onFileRequested() {
            root.close();
            root.fileRequested();
        }
        function onClosed() {
            root.close();
        }
    }
}
