// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    What a connection can be copied as, to paste it elsewhere.
*/
PopupMenu {
    id: root

    /*! One of ServerSettings.Form was chosen. */
    signal chosen(int form)

    width: 200

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
