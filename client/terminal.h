// SPDX-License-Identifier: MIT
#pragma once

#include "heartbeat.h"
#include "terminaloptions.h"
#include "transcript.h"
#include "websocket.h"

#include <QByteArray>
#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

#include <deque>

/*!
    The conversation without a window: the rows of the transcript on one file descriptor, the lines
    to send from another.

    At the end of the input it waits until every line has come back; for lines that do not come back
    as they were sent (not every server echoes) until there has been silence for a while. Then it
    closes the connection. A server that answers no pings is gone, as Heartbeat has it.

    With \c once only the first message is sent, and not before a ping has come back: what the
    server says by itself when somebody connects is no reply.
*/
class Terminal : public QObject
{
    Q_OBJECT

public:
    enum ExitCode { Success = 0, Failure = 1 };

    /// Beyond this many bytes that wait to be sent, no more input is read.
    static constexpr qint64 maxBytesToWrite = 1024 * 1024;
    /// The longest line that is sent, in bytes.
    static constexpr qint64 maxLineLength = 16 * 1024 * 1024;
    /// Beyond this many lines without an echo, the server is taken for one that does not echo.
    static constexpr std::size_t maxUnanswered = 100'000;

    /// Talks as \a options say, reading from \a input and writing to \a output.
    Terminal(const TerminalOptions &options, int input, int output, QObject *parent = nullptr);

    /// Connects. Everything else follows by itself, until finished().
    void start();

Q_SIGNALS:
    /// The conversation is over; \a error is a sentence when \a exitCode is not Success.
    void finished(Terminal::ExitCode exitCode, const QString &error);

private:
    void onStatusChanged();
    void begin();
    void onBytesToWriteChanged();
    void onReceived(const QByteArray &payload);
    void onSilence();
    void readInput();
    void readLine(QByteArrayView line);
    bool send(const QByteArray &message);
    void endInput();
    void pauseOrResumeInput();
    void closeWhenAnswered();
    void noteProblem(const QString &problem);
    void finish();

    void printRows(int first, int last);
    void prompt();
    void print(const QByteArray &bytes);

    TerminalOptions m_options;
    WebSocket m_socket;
    Transcript m_transcript;
    Heartbeat m_heartbeat;
    QSocketNotifier m_input;
    QTimer m_silence;
    QByteArray m_line; // what has been read of a line that is not complete
    std::deque<std::size_t> m_unanswered; // hashes of the lines that have not come back
    QString m_problem;
    int m_inputDescriptor;
    int m_outputDescriptor;
    qint64 m_lineNumber = 0;
    bool m_interactive; // a person sits there, and sees what they type
    bool m_raw; // see TerminalOptions
    bool m_colours;
    bool m_begun = false; // the server is there, and has said what it says by itself
    bool m_inputEnded = false;
    bool m_sentAny = false;
    bool m_replied = false; // something came after something was sent
    bool m_echoes = true; // as far as can be told
};
