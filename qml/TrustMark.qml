// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    Whether the server is the one it says it is, in a word, a shape and a colour; it opens the
    certificate.
*/
Command {
    id: root
    objectName: "trust"

    /*! WebSocket.Verified or WebSocket.Pinned; anything else is about a certificate that was refused. */
    property int trust: WebSocket.NoTls

    /*! Whether there is little room. */
    property bool narrow: false

    grave: trust !== WebSocket.Verified
    quiet: !grave
    text: trust === WebSocket.Verified ? narrow ? "✓" : qsTr("✓ TLS")
        : trust === WebSocket.Pinned ? qsTr("▲ not verified") : qsTr("▲ not trusted")
    Accessible.name: trust === WebSocket.Verified ? qsTr("TLS, verified")
        : trust === WebSocket.Pinned ? qsTr("Not verified") : qsTr("Not trusted")
    Accessible.description: qsTr("Shows the certificate")
}
