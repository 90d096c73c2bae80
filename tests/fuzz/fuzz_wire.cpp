// SPDX-License-Identifier: MIT
// One peer of the whole server, in memory: Wire, Connection and Performer.
// An input is: flags, a cut, how much the peer reads a turn, when the server stops and when the
// connection breaks (see Script), the query in a line where there is one, and what the peer sends.
#include "fuzzing.h"
#include "logging.h"
#include "memorytransport.h"
#include "reference.h"
#include "virtualclock.h"
#include "worker.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QPointer>

using namespace std::chrono_literals;

namespace {

/// Small, so that small inputs reach them.
Limits smallLimits()
{
    Limits limits;
    limits.maxMessageSize = 200;
    limits.maxFragments = 8;
    limits.readQuantum = 100;
    limits.highMark = 400;
    limits.lowMark = 100;
    return limits;
}

constexpr int burst = 8;
/// Longer than any time of the limits, and than any delay.
constexpr auto aLongTime = 400s;
constexpr auto timeStep = 5s;
/// Of a peer that pauses, between two pieces: no time of the limits is so short.
constexpr auto pause = 1s;
constexpr int maxTurns = 3000;
constexpr std::size_t maxInputSize = 4096;

enum class Ending {
    Stays, ///< says nothing more, and waits
    EndsInput, ///< says that nothing more comes, but reads on
    Leaves, ///< is gone once all is quiet
    Vanishes, ///< is gone as soon as all is sent
};

struct Script
{
    Ending ending;
    bool hasRequest; ///< a good request, with the query, comes before what the peer sends
    bool isRateLimited;
    bool hasPauses; ///< between the pieces
    std::uint8_t cut;
    qint64 bytesPerTurn;
    int stopsAtTurn; ///< 0: never
    qint64 breaksAfter; ///< bytes of output; the next write fails
    QByteArray query; ///< as far as it is known
    QByteArray stream;
    bool isPlain; ///< the echo is all that is asked for

    Script(const std::uint8_t *data, std::size_t size)
    {
        Input input(data, size);
        const std::uint8_t flags = input.byte();
        ending = Ending(flags & 3);
        hasRequest = flags & 4;
        isRateLimited = flags & 8;
        hasPauses = flags & 16;
        cut = input.byte();
        const std::uint8_t reads = input.byte();
        bytesPerTurn = reads == 0 ? MemoryTransport::everything : reads == 255 ? 0 : reads;
        stopsAtTurn = input.byte();
        const std::uint8_t breaks = input.byte();
        breaksAfter = breaks == 0 ? MemoryTransport::everything : 8 * breaks;
        if (hasRequest)
            query = input.line().toByteArray();
        const QByteArray rest = input.rest().toByteArray();
        stream = hasRequest ? requestWith(query) + rest : rest;
        if (!hasRequest)
            query = queryOf(rest);
        isPlain = std::all_of(query.cbegin(), query.cend(), [](char c) { return c == '&'; });
    }

    [[nodiscard]] bool asksFor(const char *name) const
    {
        // Percent-encoded it may say anything.
        return query.contains(name) || query.contains('%');
    }

private:
    static QByteArray requestWith(const QByteArray &query)
    {
        return "GET /" + (query.isEmpty() ? query : '?' + query)
            + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Protocol: chat, superchat\r\n\r\n";
    }

    static QByteArray queryOf(const QByteArray &request)
    {
        const QByteArray target = request.left(request.indexOf('\n')).split(' ').value(1);
        const qsizetype mark = target.indexOf('?');
        return mark == -1 ? QByteArray() : target.mid(mark + 1);
    }
};

class Session
{
public:
    explicit Session(const Script &script)
        : m_script(script)
        , m_limits(limitsOf(script))
        , m_admission(1, 1)
        , m_worker(m_limits, m_admission)
    {
        QByteArrayList pieces;
        Cuts cuts(script.cut);
        for (QByteArrayView rest = script.stream; !rest.isEmpty();)
            pieces.append(cuts.next(rest).toByteArray());
        auto transport =
            std::make_unique<MemoryTransport>(pieces, script.ending == Ending::EndsInput,
                                              script.bytesPerTurn, script.breaksAfter, m_trace);
        m_transport = transport.get();
        m_worker.serve(std::move(transport));
        QObject::connect(&m_worker, &Worker::stopped, &m_worker, [this] { m_isStopped = true; });
    }

    void run()
    {
        for (; m_trace.isAlive && m_turns < maxTurns && m_waited < aLongTime; ++m_turns) {
            if (m_script.ending == Ending::Vanishes && m_transport->isReadOut())
                m_transport->vanish();
            if (m_script.stopsAtTurn > 0 && m_turns == m_script.stopsAtTurn)
                m_worker.stop();
            if (turn())
                continue;
            if (m_script.ending == Ending::Leaves && m_transport->isReadOut())
                m_transport->vanish();
            const bool isPause = m_script.hasPauses && !m_transport->isReadOut();
            VirtualClock::advance(isPause ? pause : timeStep);
            if (!isPause)
                m_waited += timeStep;
            m_mayTalk = true;
        }
        m_isOver = !m_trace.isAlive;
        expect(m_isOver || m_turns == maxTurns, "no peer keeps a connection for ever");
        if (m_transport)
            m_transport->vanish();
        while (turn()) { }
        checkEnd();
        checkOutput();
    }

private:
    static Limits limitsOf(const Script &script)
    {
        Limits limits = smallLimits();
        limits.messageRate = script.isRateLimited ? 1 : 0;
        limits.messageBurst = script.isRateLimited ? burst : 0;
        return limits;
    }

    /// One of the peer's and one of the event loop's. Returns whether anything happened.
    bool turn()
    {
        const bool peerMoves = m_transport && m_transport->turn(m_mayTalk);
        m_mayTalk = !m_script.hasPauses;
        const bool serverMoves =
            QAbstractEventDispatcher::instance()->processEvents(QEventLoop::AllEvents);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        expect(m_worker.metrics().backlogBytes <= maxBacklog(), "what waits for a peer is bounded",
               QByteArray::number(m_worker.metrics().backlogBytes));
        return peerMoves || serverMoves;
    }

    /// The high mark, and what one turn's input, the message that it completes, and a Close frame
    /// may add to it.
    [[nodiscard]] qint64 maxBacklog() const
    {
        const qint64 plain =
            m_limits.highMark + m_limits.readQuantum + m_limits.maxMessageSize + 127;
        if (m_script.isPlain)
            return plain;
        // Each byte in a frame of its own, a greeting as large as the request, and 128 bytes for
        // each message that is held back.
        return 3 * (plain + qint64(maxInputSize)) + m_limits.readQuantum / 6 * 128;
    }

    void checkEnd() const
    {
        expect(!m_transport && m_worker.connectionCount() == 0,
               "once its transport is closed a connection is gone");
        expect(m_waited == 0s || m_script.hasPauses || m_script.ending != Ending::EndsInput
                   || !isReadToTheEnd(),
               "who says no more, and reads all, is let go at once");
        expect(m_script.stopsAtTurn == 0 || m_turns <= m_script.stopsAtTurn || m_isStopped,
               "a server that stops says so in the end");
        const Metrics metrics = m_worker.metrics();
        quint64 closes = 0;
        for (const quint64 count : metrics.closes)
            closes += count;
        expect(metrics.accepted == 1 && metrics.open == 0 && metrics.backlogBytes == 0
                   && closes == metrics.upgraded,
               "each connection is counted once");
        expect(metrics.networkBytesReceived == quint64(m_trace.bytesRead)
                   && metrics.networkBytesSent
                       == quint64(m_trace.written.size() + m_trace.bytesLost),
               "each byte is counted once");
    }

    void checkOutput() const
    {
        QByteArrayView output = m_trace.written;
        // Who is gone early is answered no more, and who stops owes unfinished requests nothing.
        const bool waits = m_script.ending == Ending::Stays
            || (m_script.ending == Ending::EndsInput && !m_script.stream.isEmpty());
        const bool isAnswered = waits && m_isOver && m_script.stopsAtTurn == 0
            && m_script.breaksAfter == MemoryTransport::everything;
        if (output.isEmpty()) {
            expect(!isAnswered, "every request gets an answer");
            return;
        }
        const int status = Reference::takeAnswer(output);
        if (m_script.hasRequest)
            expect(status == 101 || (!m_script.isPlain && status == 400)
                       || (m_script.hasPauses && status == 408),
                   "a good request is accepted", m_trace.written);
        if (status != 101)
            return;
        expect(!m_script.hasRequest || m_trace.written.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
               "the key is answered as in RFC 6455 1.3", m_trace.written);
        QList<Reference::Message> sent =
            Reference::readServer(output, m_script.asksFor("fragment"), m_script.asksFor("code"));
        // How many messages a rate allows depends on when they come.
        if (m_script.isPlain && !(m_script.isRateLimited && m_script.hasPauses))
            checkEcho(sent);
    }

    void checkEcho(QList<Reference::Message> sent) const
    {
        sent.removeIf([](const auto &message) { return message.opcode == Reference::Ping; });
        const bool isStopped = m_script.stopsAtTurn > 0 && !sent.isEmpty()
            && Reference::closeCode(sent.last().payload) == 1001;
        if (isStopped && sent.last().opcode == Reference::Close)
            sent.removeLast();
        const QList<Reference::Message> owed = this->owed();
        const QByteArray detail = described(sent) + "\nowed: " + described(owed);
        expect(sent.size() <= owed.size(), "nothing is sent that is not owed", detail);
        for (qsizetype i = 0; i < sent.size(); ++i)
            expect(isSame(sent.at(i), owed.at(i)), "what is sent is what is owed", detail);
        const bool isComplete =
            m_script.ending != Ending::Vanishes && m_script.stopsAtTurn == 0 && isReadToTheEnd();
        expect(!isComplete || sent.size() == owed.size(), "all that is owed is sent", detail);
    }

    /// Whether the server had the time to end it, and the peer has read all of a plain echo.
    [[nodiscard]] bool isReadToTheEnd() const
    {
        return m_isOver && m_script.isPlain && m_script.bytesPerTurn > 0
            && m_script.breaksAfter == MemoryTransport::everything;
    }

    /// The answers to what the peer has sent.
    [[nodiscard]] QList<Reference::Message> owed() const
    {
        const QByteArrayView stream = m_script.stream;
        const QByteArrayView frames = stream.sliced(stream.indexOf("\r\n\r\n") + 4);
        const Reference::Reading reading =
            Reference::readClient(frames, quint64(m_limits.maxMessageSize), m_limits.maxFragments);
        QList<Reference::Message> answers;
        int count = 0;
        for (const auto &message : reading.messages) {
            const bool isCounted =
                message.opcode != Reference::Pong && message.opcode != Reference::Close;
            if (m_script.isRateLimited && isCounted && ++count > burst)
                return answers << closeFrame(1008);
            if (message.opcode == Reference::Ping)
                answers.append({Reference::Pong, message.payload});
            else if (message.opcode == Reference::Close && message.payload.isEmpty())
                answers.append(closeFrame(1000));
            else if (message.opcode != Reference::Pong)
                answers.append(message);
        }
        if (reading.closeCode != 0)
            answers.append(closeFrame(reading.closeCode));
        return answers;
    }

    static Reference::Message closeFrame(int code)
    {
        return {Reference::Close, QByteArray(1, char(code >> 8)) + char(code & 0xff)};
    }

    /// The reason that the server gives for a violation is its own affair.
    static bool isSame(const Reference::Message &sent, const Reference::Message &owed)
    {
        return sent.opcode == owed.opcode
            && (sent.opcode == Reference::Close ? sent.payload.startsWith(owed.payload)
                                                : sent.payload == owed.payload);
    }

    static QByteArray described(const QList<Reference::Message> &messages)
    {
        QByteArray text;
        for (const auto &message : messages)
            text += QByteArray::number(message.opcode) + " [" + message.payload.toHex(' ') + "] ";
        return text;
    }

    const Script &m_script;
    const Limits m_limits;
    MemoryTransport::Trace m_trace;
    Admission m_admission;
    Worker m_worker;
    QPointer<MemoryTransport> m_transport;
    bool m_mayTalk = true;
    int m_turns = 0;
    std::chrono::seconds m_waited = 0s;
    bool m_isOver = false;
    bool m_isStopped = false;
};

/// Each line of the log is one harmless line, and nobody warns.
void checkLogLine(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const QByteArray line = logLine(type, context, message);
    expect(line.size() <= maxLogLineSize && line.indexOf('\n') == line.size() - 1,
           "a log line is one line", line);
    expect(type == QtInfoMsg || type == QtDebugMsg, "nothing is warned of", line);
}

} // namespace

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    qputenv("QT_NO_GLIB", "1"); // whatever else is built in
    static const QCoreApplication application(*argc, *argv);
    qInstallMessageHandler(checkLogLine);
    QLoggingCategory::setFilterRules(QStringLiteral("awesomechat.server.messages=true"));
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size > maxInputSize)
        return 0;
    const Script script(data, size);
    Session(script).run();
    return 0;
}
