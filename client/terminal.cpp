// SPDX-License-Identifier: MIT
#include "terminal.h"

#include "terminaloutput.h"
#include "utf8.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int minSilenceWhileSending = 2'000; // ms without progress until a peer counts as stuck

const QByteArray eraseLine = "\r\033[K"_ba; // "EL" of ECMA-48

} // namespace

Terminal::Terminal(const TerminalOptions &options, int input, int output, QObject *parent)
    : QObject(parent)
    , m_options(options)
    , m_input(input, QSocketNotifier::Read)
    , m_inputDescriptor(input)
    , m_outputDescriptor(output)
    , m_interactive(::isatty(input) == 1 && ::isatty(output) == 1)
    , m_raw(options.raw && ::isatty(output) != 1)
    , m_colours(hasColours(output))
{
    m_input.setEnabled(false);
    m_silence.setSingleShot(true);
    m_transcript.setFolding(false);
    m_options.connection.applyTo(m_socket);
    m_heartbeat.setInterval(m_options.connection.pingInterval);
    m_heartbeat.setSocket(&m_socket);

    connect(&m_input, &QSocketNotifier::activated, this, &Terminal::readInput);
    connect(&m_silence, &QTimer::timeout, this, &Terminal::onSilence);
    if (!m_raw) {
        m_transcript.setSocket(&m_socket);
        connect(&m_transcript, &Transcript::rowsInserted, this,
                [this](const QModelIndex &, int first, int last) { printRows(first, last); });
    }
    connect(&m_socket, &WebSocket::statusChanged, this, &Terminal::onStatusChanged);
    connect(&m_socket, &WebSocket::bytesToWriteChanged, this, &Terminal::onBytesToWriteChanged);
    connect(&m_socket, &WebSocket::pongReceived, this, &Terminal::begin);
    connect(&m_socket, &WebSocket::textMessageReceived, this,
            [this](const QString &message) { onReceived(message.toUtf8()); });
    connect(&m_socket, &WebSocket::binaryMessageReceived, this, &Terminal::onReceived);
}

void Terminal::start()
{
    m_socket.open();
}

void Terminal::onStatusChanged()
{
    switch (m_socket.status()) {
    case WebSocket::Open:
        if (m_options.once) {
            m_socket.ping();
            m_silence.start(m_options.wait);
        } else {
            begin();
        }
        break;
    case WebSocket::Closed: {
        const int code = m_socket.closeCode();
        const bool clean = code == 1000 || code == 1001 || code == 1005; // without a code
        if (!clean || !(m_inputEnded || m_interactive) || (m_options.once && !m_replied))
            noteProblem(u"The server closed the connection before everything was said."_s);
        finish();
        break;
    }
    case WebSocket::Error:
        noteProblem(m_socket.errorString());
        if (m_socket.isCertificateRefused() && m_options.connection.pinnedFingerprint.isEmpty()) {
            m_problem +=
                u" If it is the right one all the same, trust it alone with --pin %1"_s.arg(
                    m_socket.certificate().fingerprint());
        }
        finish();
        break;
    case WebSocket::Connecting:
    case WebSocket::Closing:
        break;
    }
}

/// Sends the first messages, then what is typed.
void Terminal::begin()
{
    if (std::exchange(m_begun, true))
        return;
    m_silence.stop();
    for (const QString &text : std::as_const(m_options.connection.firstMessages)) {
        const QByteArray message = text.toUtf8();
        if (m_interactive) { // nobody has typed it
            Entry entry;
            entry.direction = Entry::Sent;
            entry.payload = message;
            print(eraseLine + terminalRow(entry, m_colours));
        }
        send(message);
    }
    if (m_options.once && m_sentAny)
        endInput();
    else
        pauseOrResumeInput();
}

void Terminal::readInput()
{
    std::array<char, 64 * 1024> buffer;
    const ssize_t count = ::read(m_inputDescriptor, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count <= 0) {
        if (count < 0)
            noteProblem(u"The input cannot be read: %1."_s.arg(qt_error_string(errno)));
        if (!m_line.isEmpty())
            readLine(std::exchange(m_line, {}));
        endInput();
        return;
    }

    m_line.append(buffer.data(), count);
    qsizetype begin = 0;
    for (qsizetype end; !m_inputEnded && (end = m_line.indexOf('\n', begin)) != -1; begin = end + 1)
        readLine(QByteArrayView(m_line).sliced(begin, end - begin));
    m_line.remove(0, begin);
    if (!m_inputEnded && m_line.size() > maxLineLength) {
        noteProblem(u"A line of the input is longer than %1 bytes; it and what follows were not "
                    "sent."_s.arg(maxLineLength));
        m_line.clear();
        endInput();
    }
}

void Terminal::readLine(QByteArrayView line)
{
    ++m_lineNumber;
    if (line.isEmpty() && m_interactive) {
        prompt();
        return;
    }
    if (!send(line.toByteArray())) {
        const QString problem =
            u"Line %1 of the input is not UTF-8 and was not sent."_s.arg(m_lineNumber);
        noteProblem(problem);
        m_transcript.append(Entry::Local, Entry::Failed, problem.toUtf8());
    } else if (m_options.once) {
        endInput();
    }
}

/// Returns false, and sends nothing, for text that is none.
bool Terminal::send(const QByteArray &message)
{
    const std::optional<QString> text = m_options.binary ? std::nullopt : decodedUtf8(message);
    if (!text && !m_options.binary)
        return false;
    if (m_echoes)
        m_unanswered.push_back(qHash(QByteArrayView(message)));
    if (m_unanswered.size() > maxUnanswered) {
        m_echoes = false;
        m_unanswered.clear();
    }
    if (text)
        m_socket.sendTextMessage(*text);
    else
        m_socket.sendBinaryMessage(message);
    m_sentAny = true;
    return true;
}

/// Reads no more.
void Terminal::endInput()
{
    m_inputEnded = true;
    pauseOrResumeInput();
    if (m_options.once && !m_sentAny) {
        noteProblem(u"The input ended before there was anything to send."_s);
        m_socket.close();
        return;
    }
    closeWhenAnswered();
}

void Terminal::onBytesToWriteChanged()
{
    pauseOrResumeInput();
    if (m_begun && m_silence.isActive())
        closeWhenAnswered(); // what goes out is no silence either
}

/// Reads on when there is somebody to send to, and they keep up.
void Terminal::pauseOrResumeInput()
{
    m_input.setEnabled(m_begun && !m_inputEnded && m_socket.status() == WebSocket::Open
                       && m_socket.bytesToWrite() <= maxBytesToWrite);
}

void Terminal::onReceived(const QByteArray &payload)
{
    if (m_options.once && (!m_sentAny || m_replied))
        return;
    if (m_raw)
        print(payload + '\n');
    m_replied = m_sentAny;
    // Echoes come in the order of the lines; whatever else the server says may come between them.
    if (!m_unanswered.empty() && m_unanswered.front() == qHash(QByteArrayView(payload)))
        m_unanswered.pop_front();
    closeWhenAnswered();
}

void Terminal::closeWhenAnswered()
{
    if (!m_inputEnded || m_socket.status() != WebSocket::Open)
        return;
    const bool answered =
        m_options.once ? m_replied : m_sentAny && m_echoes && m_unanswered.empty();
    if (answered)
        m_socket.close();
    else
        m_silence.start(m_socket.bytesToWrite() > 0
                            ? std::max(m_options.wait, minSilenceWhileSending)
                            : m_options.wait);
}

void Terminal::onSilence()
{
    if (!m_begun) { // a server that answers no pings
        begin();
        return;
    }
    if (m_socket.bytesToWrite() > 0)
        noteProblem(u"The server did not take everything that was sent."_s);
    else if (m_options.once)
        noteProblem(u"No reply came; --wait says for how long it is waited for."_s);
    m_socket.close();
}

/// The first problem is the cause, or nearest to it; what follows from it is not told.
void Terminal::noteProblem(const QString &problem)
{
    if (m_problem.isEmpty())
        m_problem = problem;
}

void Terminal::finish()
{
    m_input.setEnabled(false);
    m_silence.stop();
    m_transcript.flush();
    if (m_interactive)
        print(eraseLine);
    Q_EMIT finished(m_problem.isEmpty() ? Success : Failure, m_problem);
}

void Terminal::printRows(int first, int last)
{
    QByteArray rows;
    for (int row = last; row >= first; --row) { // the oldest first
        const Entry entry = m_transcript.wholeEntry(row);
        if (m_interactive && entry.direction == Entry::Sent)
            continue; // the person has just typed it behind the prompt
        rows += terminalRow(entry, m_colours);
    }
    print(m_interactive && !rows.isEmpty() ? eraseLine + rows : rows);
    prompt();
}

void Terminal::prompt()
{
    if (m_interactive)
        print("> "_ba);
}

void Terminal::print(const QByteArray &bytes)
{
    // Nobody reads the rows any more, as behind `| head`: there is no more to do.
    if (!writeAll(m_outputDescriptor, bytes)) {
        noteProblem(u"The output was closed."_s);
        m_socket.close();
    }
}
