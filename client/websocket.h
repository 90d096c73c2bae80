// SPDX-License-Identifier: MIT
#pragma once

#include "closecode.h"
#include "connectionstage.h"
#include "echoes.h"
#include "failure.h"
#include "peercertificate.h"
#include "receivedmessage.h"
#include "socketrequest.h"

#include <QByteArray>
#include <QElapsedTimer>
#include <QList>
#include <QObject>
#include <QQmlParserStatus>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

class SocketWorker;
namespace SocketEvent {
struct Progress;
struct Opened;
struct Pong;
struct Closing;
struct Ended;
} // namespace SocketEvent

/*!
    A WebSocket client for QML: Qt's element of the same name, with the same properties, signals and
    functions, and what that one lacks.

    Like there, \c active is what the user wants: it stays true when a connection fails or ends.
    What differs, on purpose:
    \list
    \li A connection ends in exactly one status: Closed after a close frame, Error after anything
    else. Both stay, with errorString, closeCode and closeReason, until the next open.
    \li An address that is none ends in Error, with a sentence.
    \li Nothing waits for ever: see handshakeTimeout and closeTimeout.
    \li Sending while not Open is refused (0 is returned) and changes nothing.
    \li negotiatedSubprotocol is there when the status becomes Open.
    \li It can be destroyed in every status, and waits for no server then: one that is open gets a
    close frame with 1001 (going away).
    \li However much comes, others have their turn: each connection is on a thread of its own, and
    its messages are heard for turnTime at a time. Of those that have not been heard so many wait as
    SocketChannel says; then nothing more is read, and TCP slows the server down. All that came
    before a connection ended is heard before the status says so.
    \endlist
*/
class WebSocket
    : public QObject
    , public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_ELEMENT

    /// Where to connect to: ws:// or wss://. Setting another one while active connects there.
    Q_PROPERTY(QUrl url READ url WRITE setUrl NOTIFY urlChanged FINAL)
    /// url for people: without user name and password.
    Q_PROPERTY(QString address READ address NOTIFY urlChanged FINAL)
    /// Whether a connection is wanted. Setting it opens or closes one.
    Q_PROPERTY(bool active READ isActive WRITE setActive NOTIFY activeChanged FINAL)
    Q_PROPERTY(Status status READ status NOTIFY statusChanged FINAL)
    /// Why the last connection failed, in a sentence; empty when it did not.
    Q_PROPERTY(QString errorString READ errorString NOTIFY errorStringChanged FINAL)
    /// The close code (RFC 6455 section 7.4) that ended the last connection, 1005 when the
    /// server's close frame had none, 1006 when it ended without a close frame; 0 before.
    Q_PROPERTY(int closeCode READ closeCode NOTIFY closeCodeChanged FINAL)
    /// Whether the last connection was closed by a close frame of both ends, as HTML has it: not
    /// when it failed or was given up, nor when one end dropped it before it heard from the other.
    Q_PROPERTY(bool wasClean READ wasClean NOTIFY statusChanged FINAL)
    /// The reason that came with closeCode: the peer's words.
    Q_PROPERTY(QString closeReason READ closeReason NOTIFY closeReasonChanged FINAL)
    /// How the last connection ended, in words: who closed it and whether cleanly, code and reason,
    /// or why it failed; empty before. It holds the peer's words.
    Q_PROPERTY(QString ending READ ending NOTIFY statusChanged FINAL)
    /// The stages of connecting, as far as they were begun, of the connection that is there or was
    /// there last.
    Q_PROPERTY(QList<ConnectionStage> stages READ stages NOTIFY stagesChanged FINAL)
    /// Subprotocols to offer, the preferred one first; takes effect at the next open.
    Q_PROPERTY(QStringList requestedSubprotocols READ requestedSubprotocols WRITE
                   setRequestedSubprotocols NOTIFY requestedSubprotocolsChanged FINAL)
    /// The subprotocol that the server chose; empty when none, or while not Open.
    Q_PROPERTY(QString negotiatedSubprotocol READ negotiatedSubprotocol NOTIFY
                   negotiatedSubprotocolChanged FINAL)
    /// The Origin to name in the handshake; none by default. Takes effect at the next open.
    Q_PROPERTY(QString origin READ origin WRITE setOrigin NOTIFY originChanged FINAL)
    /// Further headers of the handshake's request, values by name; takes effect at the next open.
    /// One that cannot be sent makes it fail, with a sentence.
    Q_PROPERTY(QVariantMap requestHeaders READ requestHeaders WRITE setRequestHeaders NOTIFY
                   requestHeadersChanged FINAL)
    /// Files in PEM that a wss:// connection uses, none by default: certificates to trust besides
    /// the system's, the client's own certificate with its chain, and its key. They take effect at
    /// the next open; one that cannot be used makes it fail, with a sentence.
    Q_PROPERTY(QString caFile READ caFile WRITE setCaFile NOTIFY tlsFilesChanged FINAL)
    Q_PROPERTY(QString certificateFile READ certificateFile WRITE setCertificateFile NOTIFY
                   tlsFilesChanged FINAL)
    Q_PROPERTY(QString keyFile READ keyFile WRITE setKeyFile NOTIFY tlsFilesChanged FINAL)
    /// SHA-256 of the one certificate that a wss:// server may show, valid or not, in hexadecimal
    /// digits with or without colons; empty, as by default: any that is valid. Takes effect at the
    /// next open.
    Q_PROPERTY(QString pinnedFingerprint READ pinnedFingerprint WRITE setPinnedFingerprint NOTIFY
                   pinnedFingerprintChanged FINAL)
    /// The server's certificate while a connection is open over TLS, or the one for which the last
    /// attempt was given up; else a null one.
    Q_PROPERTY(PeerCertificate certificate READ certificate NOTIFY certificateChanged FINAL)
    /// Whether the last attempt was given up because of the certificate.
    Q_PROPERTY(bool certificateRefused READ isCertificateRefused NOTIFY certificateChanged FINAL)
    /// Whom the connection that is open is with, as far as TLS says.
    Q_PROPERTY(Trust trust READ trust NOTIFY certificateChanged FINAL)
    /// How long the last ping took that has come back, in ms; -1 before, and while not Open.
    Q_PROPERTY(qreal roundTripTime READ roundTripTime NOTIFY roundTripTimeChanged FINAL)
    /// How long connecting may take, handshake included, in ms; 10 s by default.
    Q_PROPERTY(int handshakeTimeout READ handshakeTimeout WRITE setHandshakeTimeout NOTIFY
                   handshakeTimeoutChanged FINAL)
    /// How long the server may take to answer a close frame before the connection is dropped, in
    /// ms; 2 s by default.
    Q_PROPERTY(
        int closeTimeout READ closeTimeout WRITE setCloseTimeout NOTIFY closeTimeoutChanged FINAL)
    /// The largest message that is accepted, in bytes, 1 to 1 GiB; 16 MiB by default. A larger one
    /// ends the connection with close code 1009.
    Q_PROPERTY(qint64 maxMessageSize READ maxMessageSize WRITE setMaxMessageSize NOTIFY
                   maxMessageSizeChanged FINAL)
    /// Whether messages are left with the connection until those can take more who cannot. What
    /// comes after them waits too, such as the news that the connection has ended; once too much
    /// waits, the server is slowed down, and one that is left waiting for long may hang up. Nothing
    /// is lost. Sending goes on. When the connection is closed from here, what waits is heard in
    /// spite of it.
    Q_PROPERTY(bool readPaused READ isReadPaused WRITE setReadPaused NOTIFY readPausedChanged FINAL)
    /// Bytes sent but not yet handed to the operating system.
    Q_PROPERTY(qint64 bytesToWrite READ bytesToWrite NOTIFY bytesToWriteChanged FINAL)

public:
    /// The numbers are those of Qt's element.
    enum Status { Connecting, Open, Closing, Closed, Error };
    Q_ENUM(Status)

    enum Trust {
        NoTls, ///< nothing is known; so it is while there is no open connection
        Verified, ///< the certificate is valid
        Pinned, ///< the certificate is not valid, but the pinned one
    };
    Q_ENUM(Trust)

    static constexpr int defaultHandshakeTimeout = SocketLimits().handshakeTimeout;
    static constexpr int defaultCloseTimeout = SocketLimits().closeTimeout;
    static constexpr qint64 defaultMaxMessageSize = SocketLimits().maxMessageSize;
    static constexpr qint64 largestMaxMessageSize = 1024 * 1024 * 1024;
    /// How many bytes of pongs may wait for a peer that pings without reading, before it is
    /// dropped.
    static constexpr qint64 maxPongBacklog = SocketLimits::maxPongBacklog;
    /// How long messages are heard of at a time before it is the turn of others, in ms.
    static constexpr int turnTime = 4;

    explicit WebSocket(QObject *parent = nullptr);
    ~WebSocket() override;

    [[nodiscard]] QUrl url() const { return m_request.url; }
    void setUrl(const QUrl &url);
    [[nodiscard]] QString address() const;
    [[nodiscard]] bool isActive() const { return m_active; }
    void setActive(bool active);
    [[nodiscard]] Status status() const { return m_state.status; }
    [[nodiscard]] QString errorString() const { return m_state.errorString; }
    /// What errorString is about, for programs; None where it is empty.
    [[nodiscard]] FailureCause failureCause() const { return m_state.cause; }
    [[nodiscard]] int closeCode() const { return m_state.closeCode; }
    [[nodiscard]] bool wasClean() const
    {
        return m_state.status == Closed && m_state.closeSide != CloseSide::Nobody
            && m_state.unclean.isEmpty();
    }
    [[nodiscard]] QString closeReason() const { return m_state.closeReason; }
    /// Who closed the connection, with closeCode; Nobody when it ended without a close frame.
    [[nodiscard]] CloseSide closeSide() const { return m_state.closeSide; }
    [[nodiscard]] QString ending() const;
    [[nodiscard]] QList<ConnectionStage> stages() const { return m_stages; }
    [[nodiscard]] QStringList requestedSubprotocols() const { return m_request.subprotocols; }
    void setRequestedSubprotocols(const QStringList &subprotocols);
    [[nodiscard]] QString negotiatedSubprotocol() const { return m_state.negotiatedSubprotocol; }
    [[nodiscard]] QString origin() const { return m_request.origin; }
    void setOrigin(const QString &origin);
    [[nodiscard]] QVariantMap requestHeaders() const { return m_request.headers; }
    void setRequestHeaders(const QVariantMap &headers);
    [[nodiscard]] qreal roundTripTime() const { return m_roundTripTime; }
    [[nodiscard]] int handshakeTimeout() const { return m_request.limits.handshakeTimeout; }
    void setHandshakeTimeout(int timeout);
    /// caFile, certificateFile and keyFile as one.
    [[nodiscard]] TlsFiles tlsFiles() const { return m_request.tlsFiles; }
    void setTlsFiles(const TlsFiles &files);
    [[nodiscard]] QString caFile() const { return m_request.tlsFiles.ca; }
    void setCaFile(const QString &file);
    [[nodiscard]] QString certificateFile() const { return m_request.tlsFiles.certificate; }
    void setCertificateFile(const QString &file);
    [[nodiscard]] QString keyFile() const { return m_request.tlsFiles.key; }
    void setKeyFile(const QString &file);
    [[nodiscard]] QString pinnedFingerprint() const { return m_request.pinnedFingerprint; }
    void setPinnedFingerprint(const QString &fingerprint);
    [[nodiscard]] PeerCertificate certificate() const { return m_state.certificate; }
    [[nodiscard]] bool isCertificateRefused() const;
    [[nodiscard]] Trust trust() const;
    [[nodiscard]] int closeTimeout() const { return m_request.limits.closeTimeout; }
    void setCloseTimeout(int timeout);
    [[nodiscard]] qint64 maxMessageSize() const { return m_request.limits.maxMessageSize; }
    void setMaxMessageSize(qint64 size);
    [[nodiscard]] bool isReadPaused() const { return m_readPaused; }
    void setReadPaused(bool paused);
    [[nodiscard]] qint64 bytesToWrite() const;

    /*!
        Sends \a message as one text message. Returns how many bytes of payload were accepted;
        0, and nothing is sent, while the status is not Open or is about to change.
    */
    Q_INVOKABLE qint64 sendTextMessage(const QString &message);
    /// Sends \a message as one binary message; see sendTextMessage().
    Q_INVOKABLE qint64 sendBinaryMessage(const QByteArray &message);

    /// Wants a connection, and starts one unless one is there or on its way.
    Q_INVOKABLE void open();
    /*!
        Wants no connection, and closes the one that is there with \a code (1000, or 3000 to 4999;
        any other becomes 1000, with a warning) and \a reason (cut to 123 bytes of UTF-8). One that
        is still on its way is given up. Messages that come before the server's own close frame are
        heard; see closeTimeout.
    */
    Q_INVOKABLE void close(int code = 1000, const QString &reason = {});

    /*!
        Drops the connection that is open, as one that is lost: it ends in Error, with
        \a errorString.
    */
    void drop(const QString &errorString);

    /*!
        Sends a ping, and returns its number, which is larger than those before; pongReceived() and
        roundTripTime tell when its pong has come. While the status is not Open nothing is sent, and
        0 returned.
    */
    Q_INVOKABLE quint64 ping();

    void classBegin() override;
    void componentComplete() override;

Q_SIGNALS:
    void textMessageReceived(const QString &message);
    void binaryMessageReceived(const QByteArray &message);
    /// The same messages in batches, of up to SocketChannel::maxBatchMessages: for C++ that has to
    /// keep up with a flood. It comes before the two above come for each message of the batch.
    void messagesReceived(const QList<ReceivedMessage> &messages);
    /// A message was accepted for sending, the one of that \a number of this object, from 1. It
    /// comes before the two below, and is for C++ that looks for the message's echo.
    void messageSent(quint64 number, ReceivedMessage::Kind kind, const QByteArray &payload);
    /// \a message was accepted for sending.
    void textMessageSent(const QString &message);
    /// \a message was accepted for sending.
    void binaryMessageSent(const QByteArray &message);

    void urlChanged();
    void activeChanged(bool isActive);
    void statusChanged(WebSocket::Status status);
    void errorStringChanged(const QString &errorString);
    void closeCodeChanged();
    void closeReasonChanged();
    void requestedSubprotocolsChanged();
    void negotiatedSubprotocolChanged();
    void originChanged();
    void requestHeadersChanged();
    void stagesChanged();
    void tlsFilesChanged();
    void pinnedFingerprintChanged();
    void certificateChanged();
    void roundTripTimeChanged();
    /// A pong to the ping with that \a number came; roundTripTime is that of this one. A peer may
    /// leave out those before (RFC 6455 section 5.5.3).
    void pongReceived(quint64 number);
    void handshakeTimeoutChanged();
    void closeTimeoutChanged();
    void maxMessageSizeChanged();
    void readPausedChanged();
    void bytesToWriteChanged();

private:
    /// What is told of a connection; it changes as a whole.
    struct State
    {
        Status status = Closed;
        int closeCode = 0;
        QString closeReason = {};
        CloseSide closeSide = CloseSide::Nobody;
        QString unclean = {};
        QString errorString = {};
        QString negotiatedSubprotocol = {};
        FailureCause cause = FailureCause::None;
        PeerCertificate certificate = {};
    };

    /// Gives \a value to \a member, and tells whether that changed it.
    template<typename T>
    static bool take(T &member, const T &value)
    {
        if (member == value)
            return false;
        member = value;
        return true;
    }

    void setActiveWish(bool active);
    void settle();
    void connectToServer();
    void startWorker();
    void dropWorker();
    void hangUp();
    void setLimits();

    void onEventsWaiting();
    void takeTurn();
    bool hearNext(bool evenPaused);
    void hearRest();
    void hear(const SocketEvent::Progress &event);
    void hear(const SocketEvent::Opened &event);
    void hear(QList<ReceivedMessage> messages);
    void hear(const ReceivedMessage &message);
    void hear(const SocketEvent::Pong &event);
    void hear(const SocketEvent::Closing &event);
    void hear(const SocketEvent::Ended &event);

    void expectEcho(const QByteArray &payload);
    void becomeClosing();
    void become(const State &state);
    void finish(const State &state);
    void fail(const QString &errorString, FailureCause cause);
    void setStages(const QList<ConnectionStage> &stages);
    void giveUpStages();

    State m_state;
    SocketRequest m_request; // of the next connection
    QString m_closeReasonWish;
    QTimer m_turnTimer; // until the next turn
    SocketWorker *m_worker = nullptr; // one for each connection, a child of this
    QList<ReceivedMessage> m_messages; // what is left of a batch, to be heard one by one
    QList<ConnectionStage> m_stages;
    QElapsedTimer m_stageClock; // of the last one
    Echoes m_echoes;
    quint64 m_sentNumber = 0; // of the last message
    quint64 m_pingNumber = 0;
    qreal m_roundTripTime = -1;
    int m_closeCodeWish = 1000;
    bool m_active = false;
    bool m_connectionWish = false; // another connection than the one that is there, or was
    bool m_complete = true; // false only between classBegin() and componentComplete()
    bool m_busy = false; // signals are on their way: see settle()
    bool m_readPaused = false;
};
