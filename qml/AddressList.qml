// SPDX-License-Identifier: MIT
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as Controls
import AwesomeChat

/*!
    Addresses to choose from, or to forget; and the bundled server, for who has none.
*/
Controls.Popup {
    id: root

    /*! The newest first. */
    property var addresses: []

    signal chosen(string address)
    signal removed(string address)
    /*! The person wants the bundled server. */
    signal serverRequested()

    component Row: Rectangle {
        id: row

        required property int index
        required property string modelData
        required property bool current

        signal chosen()
        signal removed()

        width: ListView.view.width
        implicitHeight: words.implicitHeight + Theme.gap
        radius: Theme.radius / 2
        color: current ? Theme.hover : "transparent"
        Accessible.role: Accessible.ListItem
        Accessible.name: modelData
        Accessible.selected: current
        Accessible.onPressAction: row.chosen()

        Text {
            id: words

            anchors.left: parent.left
            anchors.right: forget.left
            anchors.margins: Theme.gap
            anchors.verticalCenter: parent.verticalCenter
            text: row.modelData
            textFormat: Text.PlainText
            elide: Text.ElideMiddle
            color: Theme.text
            font.family: Theme.fixedFont
            font.pixelSize: Theme.textSize
            Accessible.ignored: true
        }

        MouseArea {
            anchors.fill: parent
            hoverEnabled: true
            onEntered: row.ListView.view.currentIndex = row.index
            onClicked: row.chosen()
        }

        Command {
            id: forget
            objectName: "forget"

            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            visible: row.current
            focusPolicy: Qt.NoFocus
            text: "✕"
            Accessible.name: qsTr("Forget it")
            Accessible.description: qsTr("Delete")
            onClicked: row.removed()
        }
    }

    focus: true
    margins: Theme.gap // where it is wider than the field
    padding: Theme.gap / 2
    implicitHeight: Math.min(320, list.contentHeight + server.height + Theme.gap / 2 + 2 * padding)
    onOpened: {
        list.currentIndex = 0;
        focusThere();
    }
    onAddressesChanged: {
        if (opened)
            focusThere();
    }

    function focusThere() {
        if (addresses.length > 0)
            list.forceActiveFocus();
        else
            server.forceActiveFocus(Qt.TabFocusReason);
    }

    background: Rectangle {
        radius: Theme.radius
        color: Theme.field
        border.color: Theme.line
    }

    Command {
        id: server
        objectName: "startServer"

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        text: qsTr("Start a local echo server")
        Accessible.description: qsTr("Ctrl+Shift+E")
        KeyNavigation.up: list
        onClicked: {
            root.close();
            root.serverRequested();
        }
    }

    ListView {
        id: list
        objectName: "addressList"

        function choose(row: int) {
            if (row >= 0 && row < root.addresses.length) {
                root.close();
                root.chosen(root.addresses[row]);
            }
        }

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.bottom: server.top
        anchors.bottomMargin: Theme.gap / 2
        focus: true
        clip: true
        activeFocusOnTab: true
        KeyNavigation.down: server
        KeyNavigation.priority: KeyNavigation.AfterItem
        model: root.addresses
        boundsBehavior: Flickable.StopAtBounds
        Accessible.role: Accessible.List
        Accessible.name: qsTr("Addresses")
        Keys.onReturnPressed: choose(currentIndex)
        Keys.onEnterPressed: choose(currentIndex)
        Keys.onDeletePressed: {
            if (currentIndex >= 0 && currentIndex < root.addresses.length)
                root.removed(root.addresses[currentIndex]);
        }

        delegate: Row {
            id: delegate

            current: ListView.isCurrentItem
            onChosen: list.choose(index)
            onRemoved: root.removed(modelData)
        }
        Controls.ScrollBar.vertical: ScrollBar {}
    }
}
