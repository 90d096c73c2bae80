// SPDX-License-Identifier: MIT
#include "websocket.h"

#include "address.h"
#include "closecode.h"
#include "displaytext.h"
#include "requestheaders.h"
#include "socketworker.h"
#include "utf8.h"

#include <QElapsedTimer>
#include <QMetaMethod>
#include <QScopedValueRollback>
#include <QtQml/qqmlinfo.h>

#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

// RFC 6455 section 7.4.1
constexpr int normalClosure = 1000;
constexpr int goingAway = 1001;

} // namespace

WebSocket::WebSocket(QObject *parent)
    : QObject(parent)
{
    m_turnTimer.setSingleShot(true);
    m_turnTimer.setInterval(0);
    connect(&m_turnTimer, &QTimer::timeout, this, &WebSocket::takeTurn);
}

WebSocket::~WebSocket() = default; // which waits for the thread

void WebSocket::classBegin()
{
    m_complete = false;
}

void WebSocket::componentComplete()
{
    m_complete = true;
    settle();
}

void WebSocket::setUrl(const QUrl &url)
{
    if (m_request.url == url)
        return;
    m_request.url = url;
    m_connectionWish = m_active;
    Q_EMIT urlChanged();
    settle();
}

void WebSocket::setActive(bool active)
{
    if (active == m_active)
        return;
    if (active)
        open();
    else
        close();
}

void WebSocket::open()
{
    if (m_state.status != Connecting && m_state.status != Open)
        m_connectionWish = true;
    setActiveWish(true);
    settle();
}

void WebSocket::close(int code, const QString &reason)
{
    const bool canBeSent = canSendCloseCode(code);
    if (!canBeSent)
        qmlWarning(this) << "close code " << code << " cannot be sent; 1000 is";
    m_closeCodeWish = canBeSent ? code : normalClosure;
    m_closeReasonWish = closeReasonThatFits(reason);
    m_connectionWish = false;
    setActiveWish(false);
    settle();
}

void WebSocket::setActiveWish(bool active)
{
    if (take(m_active, active))
        Q_EMIT activeChanged(active);
}

/// Does what is wished for. Not while signals are on their way: each slot shall find the socket as
/// the signal says.
void WebSocket::settle()
{
    if (m_busy)
        QMetaObject::invokeMethod(this, &WebSocket::settle, Qt::QueuedConnection);
    else if (!m_complete)
        return;
    else if (!m_active)
        hangUp();
    else if (std::exchange(m_connectionWish, false))
        connectToServer();
}

void WebSocket::connectToServer()
{
    if (m_state.status == Open || m_state.status == Closing) {
        m_worker->leave();
        hearRest();
    }
    if (m_state.status == Open || m_state.status == Closing)
        finish({.status = Closed,
                .closeCode = goingAway,
                .closeSide = CloseSide::Here,
                .unclean = u"the server's answer was not waited for"_s});
    if (!m_active) // any more
        return;
    m_connectionWish = false;
    dropWorker();
    setStages({});

    if (m_request.url.isEmpty() && m_request.url.errorString().isEmpty()) { // not given yet
        become({.status = Closed});
        return;
    }
    become({.status = Connecting});
    QString problem = addressProblem(m_request.url);
    if (problem.isEmpty())
        problem = requestHeadersProblem(m_request.headers);
    if (problem.isEmpty())
        startWorker();
    else
        fail(problem, FailureCause::Request);
}

void WebSocket::startWorker()
{
    m_worker = new SocketWorker(m_request, this);
    connect(m_worker, &SocketWorker::eventsWaiting, this, &WebSocket::onEventsWaiting);
    m_worker->start();
    if (!m_worker->isRunning())
        fail(u"The system has no room for another thread: close other programs and try again."_s,
             FailureCause::Other);
}

/// Parts with the connection; one that is open gets a close frame.
void WebSocket::dropWorker()
{
    m_messages.clear();
    m_echoes.clear();
    if (!m_worker)
        return;
    m_worker->disconnect(this);
    m_worker->leave();
    m_worker = nullptr;
}

/// Ends the connection that is there as close() was told to.
void WebSocket::hangUp()
{
    if (m_state.status == Connecting) {
        giveUpStages();
        finish({.status = Closed, .closeCode = abnormalClosure});
    } else if (m_state.status == Open) {
        becomeClosing();
        m_worker->close(m_closeCodeWish, m_closeReasonWish);
        m_turnTimer.start(); // not paused any more
    }
}

void WebSocket::onEventsWaiting()
{
    // In a turn of its own, so that a flood leaves turns to others.
    if (!m_turnTimer.isActive())
        m_turnTimer.start();
}

void WebSocket::takeTurn()
{
    if (m_worker && m_worker->beginTaking())
        Q_EMIT bytesToWriteChanged();
    QElapsedTimer turn;
    turn.start();
    while (hearNext(m_state.status == Closing)) {
        if (turn.hasExpired(turnTime)) {
            m_turnTimer.start();
            return;
        }
    }
}

/// Hears what the connection tells next, and returns whether there was anything. Slots may cause
/// this to be called again while they are called from here; then the order stays.
bool WebSocket::hearNext(bool evenPaused)
{
    const bool withMessages = evenPaused || !m_readPaused;
    if (!m_messages.isEmpty()) {
        if (withMessages)
            hear(m_messages.takeFirst());
        return withMessages;
    }
    const auto event = m_worker ? m_worker->take(withMessages) : nullptr;
    if (event)
        std::visit([this](auto &e) { hear(std::move(e)); }, *event);
    return event != nullptr;
}

/// Hears all that the connection has told, paused or not.
void WebSocket::hearRest()
{
    const QScopedValueRollback busy(m_busy, true);
    while (hearNext(true)) { }
}

void WebSocket::hear(const SocketEvent::Progress &event)
{
    setStages(event.stages);
}

void WebSocket::hear(const SocketEvent::Opened &event)
{
    become({.status = Open,
            .negotiatedSubprotocol = event.subprotocol,
            .certificate = event.certificate});
}

void WebSocket::hear(QList<ReceivedMessage> messages)
{
    for (ReceivedMessage &message : messages)
        m_echoes.match(message);
    static const auto text = QMetaMethod::fromSignal(&WebSocket::textMessageReceived);
    static const auto binary = QMetaMethod::fromSignal(&WebSocket::binaryMessageReceived);
    if (isSignalConnected(text) || isSignalConnected(binary))
        m_messages = messages;
    Q_EMIT messagesReceived(messages);
}

void WebSocket::hear(const ReceivedMessage &message)
{
    if (message.kind == ReceivedMessage::Text)
        Q_EMIT textMessageReceived(decodedUtf8(message.payload).value_or(QString()));
    else
        Q_EMIT binaryMessageReceived(message.payload);
}

void WebSocket::hear(const SocketEvent::Pong &event)
{
    m_roundTripTime = event.roundTripTime;
    Q_EMIT roundTripTimeChanged();
    Q_EMIT pongReceived(event.number);
}

void WebSocket::hear(const SocketEvent::Closing &)
{
    if (m_state.status == Open)
        becomeClosing();
}

void WebSocket::hear(const SocketEvent::Ended &event)
{
    if (event.errorString.isEmpty()) {
        finish({.status = Closed,
                .closeCode = event.closeCode,
                .closeReason = event.closeReason,
                .closeSide = event.closeSide,
                .unclean = event.unclean});
    } else {
        finish({.status = Error,
                .closeCode = event.closeCode,
                .closeSide = event.closeSide,
                .errorString = event.errorString,
                .cause = event.cause,
                .certificate = event.certificate});
    }
}

/// What was agreed on when it opened holds until it has closed.
void WebSocket::becomeClosing()
{
    State closing = m_state;
    closing.status = Closing;
    become(closing);
}

/// Takes on \a state as a whole, then says what has changed.
void WebSocket::become(const State &state)
{
    const State previous = std::exchange(m_state, state);
    const QScopedValueRollback busy(m_busy, true);
    if (previous.errorString != state.errorString)
        Q_EMIT errorStringChanged(state.errorString);
    if (previous.status != state.status)
        Q_EMIT statusChanged(state.status);
    if (previous.closeCode != state.closeCode)
        Q_EMIT closeCodeChanged();
    if (previous.closeReason != state.closeReason)
        Q_EMIT closeReasonChanged();
    if (previous.negotiatedSubprotocol != state.negotiatedSubprotocol)
        Q_EMIT negotiatedSubprotocolChanged();
    if (state.status != Open && take(m_roundTripTime, qreal(-1)))
        Q_EMIT roundTripTimeChanged();
    if (previous.certificate != state.certificate)
        Q_EMIT certificateChanged();
}

/// Ends the connection in \a state.
void WebSocket::finish(const State &state)
{
    const bool hadBytesToWrite = bytesToWrite() > 0;
    dropWorker();
    become(state);
    if (hadBytesToWrite)
        Q_EMIT bytesToWriteChanged();
}

void WebSocket::fail(const QString &errorString, FailureCause cause)
{
    finish({.status = Error,
            .closeCode = abnormalClosure,
            .errorString = errorString,
            .cause = cause});
}

void WebSocket::drop(const QString &errorString)
{
    if (m_state.status == Open)
        fail(errorString, FailureCause::Other);
}

QString WebSocket::ending() const
{
    switch (m_state.status) {
    case Closed:
        return m_state.closeCode == 0
            ? QString()
            : describeClose(m_state.closeSide, m_state.closeCode,
                            DisplayText::visible(m_state.closeReason).text, m_state.unclean);
    case Error:
        return m_state.errorString;
    case Connecting:
    case Open:
    case Closing:
        break;
    }
    return {};
}

qint64 WebSocket::sendTextMessage(const QString &message)
{
    if (m_state.status != Open || !m_worker->isOpen())
        return 0;
    const QByteArray payload = message.toUtf8();
    expectEcho(payload);
    const qint64 accepted = m_worker->sendText(message);
    Q_EMIT messageSent(m_sentNumber, ReceivedMessage::Text, payload);
    Q_EMIT textMessageSent(message);
    Q_EMIT bytesToWriteChanged();
    return accepted;
}

qint64 WebSocket::sendBinaryMessage(const QByteArray &message)
{
    if (m_state.status != Open || !m_worker->isOpen())
        return 0;
    expectEcho(message);
    const qint64 accepted = m_worker->sendBinary(message);
    Q_EMIT messageSent(m_sentNumber, ReceivedMessage::Binary, message);
    Q_EMIT binaryMessageSent(message);
    Q_EMIT bytesToWriteChanged();
    return accepted;
}

/// To be called before it goes out, which another thread sees to: the round trip begins here.
void WebSocket::expectEcho(const QByteArray &payload)
{
    m_echoes.sent(++m_sentNumber, payload);
}

quint64 WebSocket::ping()
{
    if (m_state.status != Open || !m_worker->isOpen())
        return 0;
    m_worker->ping(++m_pingNumber);
    return m_pingNumber;
}

qint64 WebSocket::bytesToWrite() const
{
    return m_worker ? m_worker->bytesToWrite() : 0;
}
