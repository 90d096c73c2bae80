// SPDX-License-Identifier: MIT
import QtQuick
import QtQuick.Layouts
import AwesomeChat

/*!
    The bars for the connection: whom one talks to, how connecting went, whose certificate is to be
    trusted, when it is tried again, and the local server.
*/
ColumnLayout {
    id: root

    required property Session chat
    /*! Where the settings are edited. */
    required property SettingsSide settings

    /*! The person wants to talk to another server. */
    signal serverChosen(url server)
    /*! The settings are to be kept, and to be connected with. */
    signal settingsAccepted()
    /*! The keyboard is free. */
    signal finished()

    function focusAddress() {
        connectionBar.focusField();
    }

    /*! Connects again; or has the person say where to. */
    function connectAgain() {
        if (chat.socket.address.length === 0)
            focusAddress();
        else
            chat.reconnect();
    }

    function startServer() {
        chat.startLocalServer();
        finished();
    }

    function toggleStages() {
        stagesView.visible = !stagesView.visible;
        if (stagesView.visible)
            stagesView.forceActiveFocus(Qt.ShortcutFocusReason);
        else
            finished();
    }

    /*! Closes one of those that can be; false where there is none. */
    function closeOne(): bool {
        if (certificateQuestion.visible)
            closeCertificate();
        else if (stagesView.visible)
            toggleStages();
        else
            return false;
        return true;
    }

    function showCopyMenu() {
        settings.showCopyMenu(connectionBar);
    }

    /*! Connects to what was typed: an address, the command that was pasted, or where one is. */
    function connectToTyped(typed: string) {
        const form = chat.settingsForm;
        if (form.isCommand(typed)) {
            takeCommand(typed);
            return;
        }
        if (form.isPasted && typed === form.address) {
            connectionBar.problem = form.problem;
            if (form.problem.length === 0)
                settingsAccepted();
            return;
        }
        // The address that is there may have a password, which is not shown.
        const isSame = typed === connectionBar.address;
        connectionBar.problem = isSame ? "" : chat.addressBook.problemOf(typed);
        if (connectionBar.problem.length > 0)
            return;
        if (isSame)
            chat.reconnect();
        else
            serverChosen(chat.addressBook.urlOf(typed));
        finished();
    }

    /*! Takes what a command of wscat or websocat says as settings; they are not kept before they are used. */
    function takeCommand(text: string) {
        connectionBar.problem = settings.takeCommand(text);
        if (connectionBar.problem.length > 0)
            return;
        connectionBar.offer(chat.settingsForm.address);
        if (!settings.narrow)
            connectionBar.focusField();
    }

    /*! Shows the certificate of the server; one that is refused asks whether to trust it. */
    function showCertificate() {
        certificateQuestion.setSource("CertificateQuestion.qml", {
            certificate: chat.socket.certificate,
            refused: chat.socket.certificateRefused,
            pinnedFingerprint: chat.socket.pinnedFingerprint
        });
        if (certificateQuestion.visible && !isTyping())
            certificateQuestion.question.focusSafely();
    }

    /*! Whether somebody is in the middle of a line, whose keys nothing else is to take. */
    function isTyping(): bool {
        const line = root.Window.activeFocusItem as TextInput;
        const lines = root.Window.activeFocusItem as TextEdit;
        return (line !== null && line.length > 0) || (lines !== null && lines.length > 0);
    }

    function closeCertificate() {
        const hadFocus = certificateQuestion.activeFocus;
        certificateQuestion.source = "";
        if (hadFocus)
            finished();
    }

    spacing: 0

    ConnectionBar {
        id: connectionBar

        Layout.fillWidth: true
        address: root.chat.socket.address
        status: root.chat.socket.status
        trust: root.chat.socket.trust
        certificateRefused: root.chat.socket.certificateRefused
        roundTripTime: root.chat.socket.roundTripTime
        messageRate: root.chat.transcript.messageRate
        byteRate: root.chat.transcript.byteRate
        addresses: root.chat.addressBook.addresses
        onConnectRequested: typed => root.connectToTyped(typed)
        onDisconnectRequested: root.chat.socket.close()
        onStagesRequested: root.toggleStages()
        onCertificateRequested: root.showCertificate()
        onRemoveRequested: address => root.chat.addressBook.remove(address)
        onServerRequested: root.startServer()
        onPasted: text => {
            if (root.chat.settingsForm.isCommand(text))
                root.takeCommand(text);
        }
        onSettingsRequested: root.settings.toggle()
        onCopyRequested: button => root.settings.showCopyMenu(button)
        onDismissed: {
            problem = "";
            root.finished();
        }
    }

    Loader {
        id: stagesView
        objectName: "stages"

        Layout.fillWidth: true
        visible: false
        onVisibleChanged: {
            if (visible)
                setSource("StagesView.qml", {stages: root.chat.socket.stages, ending: root.chat.socket.ending});
        }

        Binding {
            target: stagesView.item
            when: stagesView.item !== null
            property: "stages"
            value: root.chat.socket.stages
        }

        Binding {
            target: stagesView.item
            when: stagesView.item !== null
            property: "ending"
            value: root.chat.socket.ending
        }

        Binding {
            target: stagesView.item
            when: stagesView.item !== null
            property: "roundTripTime"
            value: root.chat.socket.roundTripTime
        }

        Connections {
            target: stagesView.item
            ignoreUnknownSignals: true

            function onClosed() {
                root.toggleStages();
            }
        }
    }

    Loader {
        id: certificateQuestion
        objectName: "certificateQuestion"

        // No type: what is named is loaded with the window.
        readonly property var question: item

        Layout.fillWidth: true
        Layout.maximumHeight: root.Window.height * 0.6
        visible: question !== null

        Connections {
            target: certificateQuestion.question
            ignoreUnknownSignals: true

            function onTrusted(fingerprint: string) {
                root.chat.trustCertificate(fingerprint);
            }
            function onDistrusted() {
                if (!certificateQuestion.question.refused)
                    root.chat.distrustCertificate();
                root.closeCertificate();
            }
            function onClosed() {
                root.closeCertificate();
            }
        }

        Connections {
            target: root.chat.socket

            // Each certificate that is refused is asked about, and none is shown for another.
            function onCertificateChanged() {
                if (root.chat.socket.certificateRefused)
                    root.showCertificate();
                else if (certificateQuestion.question !== null)
                    root.closeCertificate();
            }
        }
    }

    RetryBar {
        objectName: "retryBar"

        Layout.fillWidth: true
        waiting: root.chat.reconnector.waiting
        secondsLeft: root.chat.reconnector.secondsLeft
        attempt: root.chat.reconnector.attempt
        reason: root.chat.reconnector.reason
        offersServer: root.chat.wantsLocalServer
        onNowRequested: root.chat.reconnector.tryNow()
        onStopRequested: root.chat.reconnector.stop()
        onServerRequested: root.startServer()
    }

    LocalServerBar {
        objectName: "localServerBar"

        Layout.fillWidth: true
        notice: root.chat.localServer.notice
        failed: root.chat.localServer.state === LocalServer.Failed
        onDismissed: {
            root.chat.localServer.clearNotice();
            root.finished();
        }
    }
}
