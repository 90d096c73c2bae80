// SPDX-License-Identifier: MIT
#pragma once

#include "closecode.h"
#include "connectionstage.h"
#include "failure.h"
#include "socketchannel.h"
#include "socketrequest.h"
#include "wiretap.h"

#include <QAbstractSocket>
#include <QElapsedTimer>
#include <QObject>
#include <QQueue>
#include <QTimer>
#include <QWebSocket>

class QSslError;
class QSslSocket;
class QTcpSocket;
struct UpgradeAnswer;

/*!
    One connection of a QWebSocket, in the thread in which it is created: does what the channel's
    commands say, and tells the channel what happens.

    QWebSocket hands on all that the system has in one go, and cannot be told to stop. So where the
    channel has no room, this waits inside QWebSocket's signal; nothing is read meanwhile, and TCP
    slows the peer down. Commands are done while it waits.
*/
class SocketConnection : public QObject
{
    Q_OBJECT

public:
    SocketConnection(const SocketRequest &request, SocketChannel &channel);
    ~SocketConnection() override;

    void open();
    /// Does the commands that are waiting.
    void runCommands();
    /// Does them too, then parts without a word to the owner. A connection that is open gets a
    /// close frame, whose answer is not waited for.
    void leave();

    /// \name Commands
    /// @{
    void sendText(const QString &text);
    void sendBinary(const QByteArray &bytes);
    void ping(quint64 number);
    /// Sends a close frame, after which nothing is sent, and waits for that of the server; messages
    /// that come before it are heard.
    void close(int code, const QString &reason);
    void setLimits(const SocketLimits &limits);
    /// @}

Q_SIGNALS:
    /// The owner has to look into the channel.
    void eventsWaiting();

private Q_SLOTS:
    void onCloseFrame();
    void onViolation(QWebSocketProtocol::CloseCode code, const QString &reason);

private:
    enum class State { Connecting, Open, Closing, Ended };
    struct Ping
    {
        quint64 number = 0;
        qint64 time = 0; // ns
    };

    void onSocketStateChanged(QAbstractSocket::SocketState state);
    void onReadyRead();
    void onConnected();
    void onTextMessage(const QString &text);
    void onBinaryMessage(const QByteArray &bytes);
    void onPong(const QByteArray &payload);
    void onBytesWritten(qint64 bytes);
    void onSslErrors(const QList<QSslError> &errors);
    void onEncrypted();
    void onError(QAbstractSocket::SocketError error);
    void onDisconnected();
    void onTimeout();
    void checkPongs();

    void tell(SocketEvent::Any event);
    void receive(ReceivedMessage::Kind kind, const QByteArray &payload);
    void hearFrames();
    [[nodiscard]] bool isHeard() const;
    void hearNoMore();
    void discard();
    void attend();
    void flush();
    [[nodiscard]] QTcpSocket *tcpSocket() const;
    [[nodiscard]] QSslSocket *tlsSocket() const;
    [[nodiscard]] QObject *frameReader() const;
    [[nodiscard]] qint64 bytesToWrite() const;
    void setWritten(qint64 done);
    void takeOverClosing();
    void beginClosing(const SocketEvent::Ended &ending, const QByteArray &payload);
    void writeClose(const QByteArray &payload);
    void cutShort(const QString &problem);
    void fail(const QString &errorString, FailureCause cause = FailureCause::Other);
    void failUpgrade(const UpgradeAnswer &answer, const QString &problem);
    void beginStage(Stage stage, const QString &detail = {});
    void endStages(StageState::State state, const QString &detail);
    void refuseCertificate();
    void end(const SocketEvent::Ended &event);
    void hangUp();
    [[nodiscard]] Stage stage() const;

    SocketRequest m_request;
    SocketChannel &m_channel;
    QWebSocket m_socket;
    QTimer m_timer; // bounds connecting, then each step of closing
    QTimer m_pongTimer; // while open
    StageLog m_stages;
    WireTap m_tap;
    QElapsedTimer m_clock; // of pings
    QQueue<Ping> m_pings; // whose pongs have not come
    PeerCertificate m_certificate; // the server's, once it is known
    QString m_clientProblem; // what the server has against our certificate
    SocketEvent::Ended m_ending; // what is told when TCP has ended, as far as it is known
    qint64 m_ownBytesToWrite = 0; // of those of the socket, what we have sent ourselves, about
    State m_state = State::Connecting;
    bool m_hasHeardAll = false; // only TCP has to end
    bool m_attending = false;
};
