// SPDX-License-Identifier: MIT
#include "conversation.h"

#include "testclients.h"

#include <QTestEventLoop>
#include <QtEndian>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int noStatusReceived = 1005;
constexpr int switchingProtocols = 101;
constexpr auto endOfHead = "\r\n\r\n";

QByteArray lastPong()
{
    return serverFrame(Fin | Pong, "over?"_ba);
}

/// Before the masking key and the payload (RFC 6455 5.2).
QByteArray frameHeader(int firstByte, qsizetype size, int maskBit)
{
    QByteArray header(1, char(firstByte));
    if (size <= 125)
        return header += char(maskBit | int(size));
    const bool isShort = size <= 0xffff;
    header += char(maskBit | (isShort ? 126 : 127));
    std::array<char, sizeof(quint64)> length;
    qToBigEndian(quint64(size), length.data());
    return header.append(isShort ? length.data() + 6 : length.data(), isShort ? 2 : 8);
}

/// Where the frame at \a position of what a server has sent begins its payload, and where it ends;
/// nothing when its end has not come.
std::optional<std::pair<qsizetype, qsizetype>> payloadAt(const QByteArray &input,
                                                         qsizetype position)
{
    if (input.size() - position < 2)
        return std::nullopt;
    const quint64 shortLength = quint8(input.at(position + 1)) & 0x7f;
    const qsizetype begin = position + (shortLength == 126 ? 4 : shortLength == 127 ? 10 : 2);
    if (begin > input.size())
        return std::nullopt;
    const char *const length = input.constData() + position + 2;
    const quint64 size = shortLength == 126 ? qFromBigEndian<quint16>(length)
        : shortLength == 127                ? qFromBigEndian<quint64>(length)
                                            : shortLength;
    if (quint64(input.size() - begin) < size)
        return std::nullopt;
    return std::pair(begin, begin + qsizetype(size));
}

/// Where the first Close frame of \a input begins; its end when there is none.
qsizetype findClose(const QByteArray &input)
{
    qsizetype position = 0;
    while (position < input.size() && quint8(input.at(position)) != (Fin | Close)) {
        const auto payload = payloadAt(input, position);
        if (!payload)
            return input.size();
        position = payload->second;
    }
    return position;
}

} // namespace

QByteArray clientFrame(int firstByte, const QByteArray &payload)
{
    static constexpr std::array<char, 4> key = {'\x37', '\xfa', '\x21', '\x3d'}; // RFC 6455 5.7
    QByteArray frame = frameHeader(firstByte, payload.size(), 0x80)
        + QByteArray(key.data(), qsizetype(key.size())) + payload;
    char *const masked = frame.data() + frame.size() - payload.size();
    for (std::size_t i = 0; i < std::size_t(payload.size()); ++i)
        masked[i] = char(masked[i] ^ key[i % key.size()]);
    return frame;
}

QByteArray serverFrame(int firstByte, const QByteArray &payload)
{
    return frameHeader(firstByte, payload.size(), 0) + payload;
}

QByteArray closePayload(int code, const QByteArray &reason)
{
    QByteArray payload(2, Qt::Uninitialized);
    qToBigEndian(quint16(code), payload.data());
    return payload + reason;
}

QByteArray lastPing()
{
    return clientFrame(Fin | Ping, "over?"_ba);
}

QByteArrayList cut(const QByteArray &input, qsizetype size)
{
    constexpr qsizetype maxCount = 20'000;
    const qsizetype step = std::max(size, input.size() / maxCount + 1);
    QByteArrayList pieces;
    for (qsizetype position = 0; position < input.size(); position += step)
        pieces += input.mid(position, step);
    return pieces;
}

char *toString(const Answer &answer)
{
    constexpr qsizetype maxShown = 60; // bytes at either end
    QStringList parts;
    if (answer.frames.size() > 2 * maxShown) {
        parts += u"`%1` … `%2` (%3 bytes)"_s.arg(
            QString::fromLatin1(answer.frames.first(maxShown).toHex(' ')),
            QString::fromLatin1(answer.frames.last(maxShown).toHex(' ')),
            QString::number(answer.frames.size()));
    } else if (!answer.frames.isEmpty()) {
        parts += u'`' + QString::fromLatin1(answer.frames.toHex(' ')) + u'`';
    }
    const bool isRefused = answer.status != 0 && answer.status != switchingProtocols;
    if (isRefused)
        parts += QString::number(answer.status);
    if (answer.closeCode != 0)
        parts += QString::number(answer.closeCode);
    if (!answer.isInTime)
        parts += u"waits"_s;
    else if (answer.isClosed && answer.closeCode == 0 && !isRefused)
        parts += u"closes"_s;
    else if (!answer.isClosed && answer.closeCode != 0)
        parts += u"stays open"_s;
    else if (parts.isEmpty())
        parts += QString::number(answer.status);
    return qstrdup(qPrintable(parts.join(u", "_s)));
}

Answer answeredWith(const QByteArray &frames)
{
    return {switchingProtocols, frames, 0, false, true};
}

Answer closedWith(int code, const QByteArray &frames)
{
    return {switchingProtocols, frames, code, true, true};
}

QList<Outcome> converse(const QUrl &url, const QList<Script> &scripts)
{
    constexpr int maxSideBySide = 50;
    constexpr int timeout = 600'000; // ms; the scripts' own are shorter
    QTestEventLoop loop;
    QList<Outcome> outcomes(scripts.size());
    qsizetype next = 0;
    qsizetype finished = 0;
    const std::function<void()> startNext = [&] {
        const qsizetype index = next++;
        auto *conversation = new Conversation(scripts.at(index));
        QObject::connect(conversation, &Conversation::finished, &loop,
                         [&loop, &outcomes, &next, &finished, &startNext, conversation, index] {
                             outcomes[index] = conversation->outcome();
                             conversation->deleteLater();
                             if (++finished == outcomes.size())
                                 loop.exitLoop();
                             else if (next < outcomes.size())
                                 startNext();
                         });
        conversation->start(url);
    };
    while (next < std::min<qsizetype>(scripts.size(), maxSideBySide))
        startNext();
    if (finished < scripts.size())
        loop.enterLoopMSecs(timeout);
    return outcomes;
}

Outcome converse(const QUrl &url, const Script &script)
{
    return converse(url, QList<Script>{script}).first();
}

Conversation::Conversation(const Script &script)
    : m_script(script)
{
    m_nextPiece.setSingleShot(true);
    m_nextPiece.setInterval(script.pause);
    m_nextPiece.setTimerType(Qt::PreciseTimer); // not up to 5 % less
    m_timeout.setSingleShot(true);
    connect(&m_nextPiece, &QTimer::timeout, this, &Conversation::sendNext);
    connect(&m_timeout, &QTimer::timeout, this, [this] {
        m_answer.isInTime = false;
        finish();
    });
    connect(&m_socket, &QTcpSocket::connected, this, [this] {
        m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1);
        if (m_script.isWebSocket)
            m_socket.write(upgradeRequest());
        else
            sendNext();
    });
    connect(&m_socket, &QTcpSocket::readyRead, this, &Conversation::read);
    connect(&m_socket, &QTcpSocket::disconnected, this, [this] {
        m_answer.isClosed = true;
        finish();
    });
}

void Conversation::start(const QUrl &url)
{
    m_timeout.start(m_script.timeout);
    m_socket.connectToHost(url.host(), quint16(url.port()));
}

void Conversation::sendNext()
{
    if (m_sent == m_script.pieces.size())
        return;
    m_socket.write(m_script.pieces.at(m_sent++));
    m_socket.flush();
    m_nextPiece.start();
}

void Conversation::read()
{
    m_input += m_socket.readAll();
    if (m_answer.status == 0)
        readHead();
    if (isComplete())
        finish();
}

void Conversation::readHead()
{
    const qsizetype end = m_input.indexOf(endOfHead);
    if (end == -1)
        return;
    // "HTTP/1.1 101 …"
    m_answer.status = m_input.mid(9, 3).toInt();
    if (m_answer.status != switchingProtocols)
        return;
    m_input.remove(0, end + qsizetype(qstrlen(endOfHead)));
    if (m_script.isWebSocket)
        sendNext();
}

bool Conversation::isComplete() const
{
    if (m_answer.status != switchingProtocols)
        return false; // the server is to close
    if (!m_script.isWebSocket)
        return true;
    if (m_script.answerSize != Script::untilLastPong)
        return m_input.size() >= m_script.answerSize;
    return m_input.endsWith(lastPong());
}

Outcome Conversation::outcome() const
{
    Outcome outcome{m_answer, {}, {}};
    if (m_answer.status != switchingProtocols) {
        outcome.response = m_input;
        return outcome;
    }
    const qsizetype close = findClose(m_input);
    outcome.answer.frames = m_input.first(close);
    if (outcome.answer.frames.endsWith(lastPong()))
        outcome.answer.frames.chop(lastPong().size());
    if (const auto payload = payloadAt(m_input, close)) {
        const QByteArray bytes = m_input.mid(payload->first, payload->second - payload->first);
        outcome.answer.closeCode =
            bytes.size() < 2 ? noStatusReceived : qFromBigEndian<quint16>(bytes.constData());
        outcome.closeReason = bytes.mid(2);
        // Nothing may follow it.
        outcome.answer.frames += m_input.sliced(payload->second);
    }
    return outcome;
}

void Conversation::finish()
{
    if (std::exchange(m_isFinished, true))
        return;
    m_nextPiece.stop();
    m_timeout.stop();
    m_socket.disconnect(this);
    m_socket.abort();
    Q_EMIT finished();
}
