// SPDX-License-Identifier: MIT
import QtQuick
import AwesomeChat

/*!
    The keys that work wherever one is in the window: each says which it is, what it does in words,
    and that it was pressed. KeyHelp lists them; the keys of a single part are with that part, and
    are not taken here: Ctrl+A, Ctrl+C, Ctrl+E and Ctrl+Shift+C are the rows'.
*/
Item {
    id: root

    /*! Whether there is something to export, a replay to step through, and rows to scroll. */
    property bool canExport: true
    property bool canStep: false
    property bool canScroll: true

    signal helpRequested()
    signal addressRequested()
    signal connectRequested()
    signal stagesRequested()
    signal serverRequested()
    signal settingsRequested()
    signal copyRequested()
    signal findRequested()
    signal olderHitRequested()
    signal newerHitRequested()
    signal conversationsRequested()
    signal exportRequested()
    signal openRequested()
    signal encodingRequested()
    signal sendFileRequested()
    signal stepRequested()
    signal scrollRequested(int pages)
    signal oldestRequested()
    signal newestRequested()

    /*! In the order in which they are listed. */
    readonly property list<KeyCommand> commands: [
        KeyCommand {
            sequences: ["F1"]
            words: qsTr("this list of keys")
            onActivated: root.helpRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+L"]
            words: qsTr("to the address: Enter connects to it, Down shows those that were there before")
            onActivated: root.addressRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+R"]
            words: qsTr("connects again, without waiting for the next attempt")
            onActivated: root.connectRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+I"]
            words: qsTr("how connecting went, stage by stage, and how the connection ended")
            onActivated: root.stagesRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+Shift+E"]
            words: qsTr("starts a local echo server, and connects to it; it ends with the window")
            onActivated: root.serverRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+,"]
            words: qsTr("the settings for this server: headers, limits, first messages, certificates")
            onActivated: root.settingsRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+Alt+C"]
            words: qsTr("copies the connection as a command or a program")
            onActivated: root.copyRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+F"]
            words: qsTr("finds text in the conversation, and hides the rest of it or not")
            onActivated: root.findRequested()
        },
        KeyCommand {
            sequences: ["F3", "Ctrl+G"]
            words: qsTr("to the next hit towards the oldest")
            onActivated: root.olderHitRequested()
        },
        KeyCommand {
            sequences: ["Shift+F3", "Ctrl+Shift+G"]
            words: qsTr("to the next hit towards the newest")
            onActivated: root.newerHitRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+O"]
            words: qsTr("the conversations there are, to read, rename and delete")
            onActivated: root.conversationsRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+S"]
            enabled: root.canExport
            words: qsTr("exports the conversation that is seen as a file")
            onActivated: root.exportRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+Shift+O"]
            words: qsTr("opens such a file to read; so does dropping it on the rows")
            onActivated: root.openRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+B"]
            words: qsTr("types bytes, in hexadecimal and then in Base64, and text again")
            onActivated: root.encodingRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+U"]
            words: qsTr("sends a file as one message, by its path or chosen in a dialog; so does dropping it on the input")
            onActivated: root.sendFileRequested()
        },
        KeyCommand {
            sequences: ["F10"]
            enabled: root.canStep
            words: qsTr("the next step of a replay")
            onActivated: root.stepRequested()
        },
        KeyCommand {
            sequences: ["PgUp"]
            enabled: root.canScroll
            words: qsTr("scrolls up; what is read then stays where it is")
            onActivated: root.scrollRequested(-1)
        },
        KeyCommand {
            sequences: ["PgDown"]
            enabled: root.canScroll
            words: qsTr("scrolls down")
            onActivated: root.scrollRequested(1)
        },
        KeyCommand {
            sequences: ["Ctrl+PgUp"]
            words: qsTr("to the oldest row")
            onActivated: root.oldestRequested()
        },
        KeyCommand {
            sequences: ["Ctrl+PgDown"]
            words: qsTr("to the newest row, and follows it")
            onActivated: root.newestRequested()
        }
    ]
}
