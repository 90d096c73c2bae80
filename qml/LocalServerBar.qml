// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    What there is to know of the local server, until it has been read; not there while there is
    nothing to say.
*/
Bar {
    id: root

    /*! A sentence, or empty. */
    property string notice: ""
    /*! Whether it is one about what went wrong. */
    property bool failed: false

    /*! The person has read it. */
    signal dismissed()

    visible: notice.length > 0
    implicitHeight: layout.implicitHeight + Theme.gap

    RowLayout {
        id: layout

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.margins: Theme.margin
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.gap

        Notice {
            objectName: "localServerNotice"

            Layout.fillWidth: true
            text: root.notice
            color: root.failed ? Theme.error : Theme.status
        }

        Command {
            objectName: "dismissNotice"

            text: "✕"
            Accessible.name: qsTr("Hide what is said of the local server")
            onClicked: root.dismissed()
        }
    }
}
