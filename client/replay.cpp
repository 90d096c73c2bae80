// SPDX-License-Identifier: MIT
#include "replay.h"

#include "closecode.h"
#include "displaytext.h"
#include "utf8.h"
#include "websocket.h"

#include <QScopedValueRollback>

#include <algorithm>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int progressInterval = 50; // ms
constexpr int entriesPerPass = 1'000; // read before it is the turn of other events

bool isOver(WebSocket::Status status)
{
    return status == WebSocket::Closed || status == WebSocket::Error;
}

} // namespace

Replay::Replay(QObject *parent)
    : QObject(parent)
{
    for (QTimer *timer : {&m_readTimer, &m_pauseTimer, &m_silenceTimer})
        timer->setSingleShot(true);
    connect(&m_readTimer, &QTimer::timeout, this, &Replay::readOn);
    connect(&m_pauseTimer, &QTimer::timeout, this, &Replay::proceed);
    connect(&m_silenceTimer, &QTimer::timeout, this, &Replay::onSilence);
    m_progressTimer.setInterval(progressInterval);
    connect(&m_progressTimer, &QTimer::timeout, this, &Replay::progressChanged);
}

void Replay::setSocket(WebSocket *socket)
{
    if (m_socket == socket || isRunning())
        return;
    if (m_socket)
        m_socket->disconnect(this);
    m_socket = socket;
    if (socket) {
        connect(socket, &WebSocket::statusChanged, this, &Replay::onStatusChanged);
        connect(socket, &WebSocket::bytesToWriteChanged, this, &Replay::proceed);
        connect(socket, &WebSocket::textMessageReceived, this,
                [this](const QString &text) { onReceived(Entry::Text, text.toUtf8()); });
        connect(socket, &WebSocket::binaryMessageReceived, this,
                [this](const QByteArray &bytes) { onReceived(Entry::Binary, bytes); });
        connect(socket, &WebSocket::pongReceived, this, [this] {
            if (m_phase == Settling)
                endConnection();
        });
        connect(socket, &QObject::destroyed, this, [this] {
            if (m_phase == Ending)
                announce();
            else
                stop();
        });
    }
    Q_EMIT socketChanged();
}

void Replay::setFileName(const QString &fileName)
{
    if (m_fileName == fileName)
        return;
    m_fileName = fileName;
    Q_EMIT fileNameChanged();
}

void Replay::setPace(Pace pace)
{
    if (m_pace == pace)
        return;
    m_pace = pace;
    Q_EMIT paceChanged();
    proceed();
}

void Replay::setAnswerTimeout(int timeout)
{
    timeout = std::max(timeout, 0);
    if (m_answerTimeout == timeout)
        return;
    m_answerTimeout = timeout;
    Q_EMIT answerTimeoutChanged();
}

void Replay::start()
{
    if (isRunning() || !m_socket)
        return;
    m_difference.reset();
    m_summary.clear();
    m_outcome = None;
    m_nextSent = m_nextAnswer = m_end = 0;
    m_answers = m_sent = m_messageCount = 0;
    m_progressTimer.start();
    m_stepWanted = false;
    m_phase = Starting;
    m_readTimer.start(0);
    Q_EMIT runningChanged();
}

void Replay::step()
{
    if (!m_canStep)
        return;
    m_stepWanted = true;
    proceed();
}

void Replay::stop()
{
    if (isRunning() && m_phase != Ending)
        end(Stopped, u"The replay was stopped (answers until then: %1)."_s.arg(m_answers));
}

/// The whole file is looked at before anything is sent: half a conversation would help nobody.
void Replay::readOn()
{
    if (m_phase == Starting && !m_messages.open(m_fileName)) {
        end(Unreadable, m_messages.error());
        return;
    }
    m_phase = Reading;
    if (m_messages.readOn(entriesPerPass))
        m_readTimer.start(0);
    else if (!m_messages.error().isEmpty())
        end(Unreadable, m_messages.error());
    else
        onFileRead();
}

void Replay::onFileRead()
{
    m_messageCount = static_cast<qint64>(m_messages.size());
    const bool needsServer = m_socket->url().isEmpty();
    if (m_messages.size() == 0) {
        end(Unreadable, u"“%1” has no messages: there is nothing to replay."_s.arg(m_fileName));
    } else if (needsServer && m_messages.server().isEmpty()) {
        end(Unreadable, u"“%1” does not name a server; name one beside it."_s.arg(m_fileName));
    } else {
        if (needsServer)
            m_socket->setUrl(m_messages.server());
        openConnection();
    }
}

/// Has a connection for the messages from m_end on.
void Replay::openConnection()
{
    const std::size_t begin = m_end;
    m_end = m_messages.endOfConnection(begin);
    m_nextSent = m_messages.find(Entry::Sent, begin, m_end);
    m_nextAnswer = m_messages.find(Entry::Received, begin, m_end);

    const bool isFree = isOver(m_socket->status());
    m_phase = isFree ? Opening : Reopening;
    if (isFree)
        m_socket->open();
    else
        m_socket->close();
}

void Replay::onStatusChanged()
{
    switch (m_socket->status()) {
    case WebSocket::Open:
        if (m_phase == Opening) {
            m_phase = Talking;
            m_sinceLast.start();
            proceed();
        }
        break;
    case WebSocket::Closing:
        setCanStep(false); // no message can come or go any more
        m_pauseTimer.stop();
        m_silenceTimer.stop();
        break;
    case WebSocket::Closed:
    case WebSocket::Error:
        onConnectionEnded();
        break;
    case WebSocket::Connecting:
        break;
    }
}

void Replay::onConnectionEnded()
{
    switch (m_phase) {
    case Idle:
    case Starting:
    case Reading:
        break;
    case Reopening:
        m_phase = Opening;
        m_socket->open();
        break;
    case Opening:
        end(ConnectionFailed, connectionProblem());
        break;
    case Talking:
        end(ConnectionFailed,
            u"%1 Line %2 of the file was still to come."_s.arg(connectionProblem())
                .arg(m_messages.line(std::min({m_nextSent, m_nextAnswer, m_end - 1}))));
        break;
    case Settling: // how a connection ends is not compared
        endConnection();
        break;
    case Ending:
        announce();
        break;
    }
}

QString Replay::connectionProblem() const
{
    if (m_socket->status() == WebSocket::Error)
        return m_socket->errorString();
    const int code = m_socket->closeCode();
    QString how = QString::number(code);
    if (const QString name = closeCodeName(code); !name.isEmpty())
        how += u' ' + name;
    if (!m_socket->closeReason().isEmpty())
        how += u", “"_s + m_socket->closeReason() + u'”';
    return u"The connection was closed too early (%1)."_s.arg(how);
}

void Replay::onReceived(Entry::Kind kind, const QByteArray &payload)
{
    if ((m_phase != Talking && m_phase != Settling) || !m_messages.hasAnswers())
        return;
    const Entry received{Entry::Received, kind, {}, payload};
    if (m_nextAnswer == m_end) {
        m_difference =
            Difference{std::nullopt, received, m_answers + 1, m_messages.line(m_end - 1)};
        end(Different,
            u"The server sent one message more than the file has after line %1."_s.arg(
                m_difference->line));
        return;
    }
    const std::optional<Entry> expected = message(m_nextAnswer);
    if (!expected)
        return;
    if (!Difference::areEqual(*expected, received)) {
        m_difference = Difference{expected, received, m_answers + 1, m_messages.line(m_nextAnswer)};
        end(Different,
            u"Answer %1 is not the one in line %2 of the file."_s.arg(m_answers + 1)
                .arg(m_difference->line));
        return;
    }
    ++m_answers;
    m_nextAnswer = m_messages.find(Entry::Received, m_nextAnswer + 1, m_end);
    m_sinceLast.start();
    proceed();
}

void Replay::onSilence()
{
    if (m_phase == Settling) { // the server does not answer pings, but has answered all else
        endConnection();
        return;
    }
    const QString seconds = QString::number(m_silenceTimer.interval() / 1000.0);
    if (m_nextAnswer == m_end || m_socket->bytesToWrite() > 0) {
        end(Silence, u"The server took nothing of what was sent for %1 s."_s.arg(seconds));
        return;
    }
    const std::optional<Entry> expected = message(m_nextAnswer);
    if (!expected)
        return;
    m_difference = Difference{expected, std::nullopt, m_answers + 1, m_messages.line(m_nextAnswer)};
    end(Silence,
        u"Nothing came for %1 s, but answer %2 was expected: line %3 of the file."_s.arg(seconds)
            .arg(m_answers + 1)
            .arg(m_difference->line));
}

/// Sends what is to be sent now, and knows what it waits for then.
void Replay::proceed()
{
    if (m_phase != Talking || m_busy || m_socket->status() != WebSocket::Open)
        return;
    const QScopedValueRollback busy(m_busy, true); // sending makes signals
    stopTimers();
    setCanStep(false);
    // A message follows what came before it in the file: it may be an answer to that.
    while (m_nextSent < m_nextAnswer && m_socket->bytesToWrite() <= maxBytesToWrite) {
        if (const qint64 pause = pauseLeft(); pause > 0) {
            m_pauseTimer.start(static_cast<int>(pause));
            return;
        }
        if (m_pace == Steps && !std::exchange(m_stepWanted, false)) {
            setCanStep(true);
            return;
        }
        sendNext();
        if (m_phase != Talking)
            return;
    }
    const bool awaitsAnswer = m_nextAnswer < m_end;
    if (m_nextSent == m_end && !awaitsAnswer && m_socket->bytesToWrite() == 0)
        settle();
    else
        m_silenceTimer.start(
            m_answerTimeout
            + (awaitsAnswer ? static_cast<int>(m_messages.pauseBefore(m_nextAnswer)) : 0));
}

void Replay::sendNext()
{
    const std::optional<Entry> entry = message(m_nextSent);
    if (!entry)
        return;
    ++m_sent;
    m_nextSent = m_messages.find(Entry::Sent, m_nextSent + 1, m_end);
    m_sinceLast.start();
    if (entry->kind == Entry::Binary)
        m_socket->sendBinaryMessage(entry->payload);
    else
        m_socket->sendTextMessage(decodedUtf8(entry->payload).value_or(QString()));
}

/// Finds out whether the server says more than it did, and that it has taken everything: what it
/// has sent before the pong comes before it.
void Replay::settle()
{
    m_phase = Settling;
    m_silenceTimer.start(m_answerTimeout);
    m_socket->ping();
}

/// All that the file has of this connection has been said.
void Replay::endConnection()
{
    stopTimers();
    if (m_end < m_messages.size())
        openConnection();
    else if (m_messages.hasAnswers())
        end(Equal,
            u"Every answer is as in the file (sent: %1, received: %2)."_s.arg(m_sent).arg(
                m_answers));
    else
        end(Equal, u"All was sent (%1); the file has no answers to compare."_s.arg(m_sent));
}

void Replay::end(Outcome outcome, const QString &summary)
{
    const bool hadConnection = m_phase != Starting && m_phase != Reading;
    stopTimers();
    setCanStep(false);
    m_messages.close();
    m_outcome = outcome;
    m_summary = summary;
    m_phase = Ending;
    if (hadConnection && m_socket && !isOver(m_socket->status()))
        m_socket->close();
    else
        announce();
}

void Replay::announce()
{
    m_phase = Idle;
    m_progressTimer.stop();
    Q_EMIT progressChanged();
    Q_EMIT runningChanged();
    Q_EMIT finished();
}

QString Replay::shownSummary() const
{
    return DisplayText::visible(m_summary).text;
}

void Replay::setCanStep(bool canStep)
{
    if (m_canStep == canStep)
        return;
    m_canStep = canStep;
    Q_EMIT canStepChanged();
}

void Replay::stopTimers()
{
    m_readTimer.stop();
    m_pauseTimer.stop();
    m_silenceTimer.stop();
}

/// How much of the pause before the next message to be sent is left, in ms.
qint64 Replay::pauseLeft() const
{
    return m_pace == Original ? m_messages.pauseBefore(m_nextSent) - m_sinceLast.elapsed() : 0;
}

/// The message at \a index; when the file has changed in the meantime, that is the end.
std::optional<Entry> Replay::message(std::size_t index)
{
    std::optional<Entry> entry = m_messages.message(index);
    if (!entry)
        end(Unreadable, m_messages.error());
    return entry;
}
