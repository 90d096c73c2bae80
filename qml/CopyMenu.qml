// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Controls as Controls
import AwesomeChat

/*!
    What a connection can be copied as, to paste it elsewhere.
*/
Controls.Menu {
    id: root

    /*! One of ServerSettings.Form was chosen. */
    signal chosen(int form)

    padding: Theme.gap / 2
    width: 200
    background: Rectangle {
        radius: Theme.radius
        color: Theme.field
        border.color: Theme.line
    }

    MenuEntry {
        objectName: "copyAsWscat"
        text: qsTr("wscat")
        onTriggered: root.chosen(ServerSettings.Wscat)
    }
    MenuEntry {
        objectName: "copyAsWebsocat"
        text: qsTr("websocat")
        onTriggered: root.chosen(ServerSettings.Websocat)
    }
    MenuEntry {
        objectName: "copyAsJavaScript"
        text: qsTr("JavaScript")
        onTriggered: root.chosen(ServerSettings.JavaScript)
    }
    MenuEntry {
        objectName: "copyAsPython"
        text: qsTr("Python")
        onTriggered: root.chosen(ServerSettings.Python)
    }
    MenuEntry {
        objectName: "copyAsQml"
        text: qsTr("QML")
        onTriggered: root.chosen(ServerSettings.Qml)
    }
    MenuEntry {
        objectName: "copyAsCpp"
        text: qsTr("Qt C++")
        onTriggered: root.chosen(ServerSettings.Cpp)
    }
}
