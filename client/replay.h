// SPDX-License-Identifier: MIT
#pragma once

#include "difference.h"
#include "messageindex.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

#include <optional>

class WebSocket;

/*!
    Has a conversation of a file once more: sends what was sent then, and stops at the first answer
    that is not the one that came then. docs/conversation-format.md tells what is compared.

    It opens its \c socket itself, anew where it is open already and wherever the file has another
    connection, and closes it in the end.
*/
class Replay : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_MOC_INCLUDE("websocket.h")

    /// Over which it talks; where it has no url, it gets that of the file. Set while not running.
    Q_PROPERTY(WebSocket *socket READ socket WRITE setSocket NOTIFY socketChanged FINAL)
    /// The conversation's file: one that can be read more than once, so no pipe. Takes effect at
    /// the next start, like answerTimeout.
    Q_PROPERTY(QString fileName READ fileName WRITE setFileName NOTIFY fileNameChanged FINAL)
    /// When a message is sent, once everything that came before it in the file has come again.
    Q_PROPERTY(Pace pace READ pace WRITE setPace NOTIFY paceChanged FINAL)
    /// How much longer than in the file an answer may take, in ms; 10 s by default.
    Q_PROPERTY(int answerTimeout READ answerTimeout WRITE setAnswerTimeout NOTIFY
                   answerTimeoutChanged FINAL)
    Q_PROPERTY(bool running READ isRunning NOTIFY runningChanged FINAL)
    /// Whether a message waits for step().
    Q_PROPERTY(bool canStep READ canStep NOTIFY canStepChanged FINAL)
    /// How the last one ended, and that in a sentence, as it may be shown.
    Q_PROPERTY(Outcome outcome READ outcome NOTIFY finished FINAL)
    Q_PROPERTY(QString summary READ shownSummary NOTIFY finished FINAL)
    /// How many messages the file has, and how many of them have been sent again or have come
    /// again; told now and then while it runs.
    Q_PROPERTY(int messageCount READ messageCount NOTIFY progressChanged FINAL)
    Q_PROPERTY(int doneCount READ doneCount NOTIFY progressChanged FINAL)
    /// See difference(): the line of the file, 0 where there is none, and both sides.
    Q_PROPERTY(int differenceLine READ differenceLine NOTIFY finished FINAL)
    Q_PROPERTY(bool hasExpected READ hasExpected NOTIFY finished FINAL)
    Q_PROPERTY(QByteArray expected READ expected NOTIFY finished FINAL)
    Q_PROPERTY(bool expectedIsBinary READ expectedIsBinary NOTIFY finished FINAL)
    Q_PROPERTY(bool hasReceived READ hasReceived NOTIFY finished FINAL)
    Q_PROPERTY(QByteArray received READ received NOTIFY finished FINAL)
    Q_PROPERTY(bool receivedIsBinary READ receivedIsBinary NOTIFY finished FINAL)

public:
    enum Pace {
        AtOnce, ///< at once
        Original, ///< after the same pause as then
        Steps, ///< at step()
    };
    Q_ENUM(Pace)

    enum Outcome {
        None, ///< there was none yet
        Equal, ///< every answer came again
        Different, ///< an answer is another one: see difference()
        Silence, ///< an answer did not come in time: see difference()
        ConnectionFailed, ///< there was no connection, or it ended before all was said
        Unreadable, ///< the file cannot be read, or is no conversation
        Stopped, ///< by stop()
    };
    Q_ENUM(Outcome)

    static constexpr int defaultAnswerTimeout = 10'000;
    /// Beyond this many bytes that wait to be sent, no more are.
    static constexpr qint64 maxBytesToWrite = 1024 * 1024;

    explicit Replay(QObject *parent = nullptr);

    [[nodiscard]] WebSocket *socket() const { return m_socket; }
    void setSocket(WebSocket *socket);
    [[nodiscard]] QString fileName() const { return m_fileName; }
    void setFileName(const QString &fileName);
    [[nodiscard]] Pace pace() const { return m_pace; }
    void setPace(Pace pace);
    [[nodiscard]] int answerTimeout() const { return m_answerTimeout; }
    void setAnswerTimeout(int timeout);
    [[nodiscard]] bool isRunning() const { return m_phase != Idle; }
    [[nodiscard]] bool canStep() const { return m_canStep; }
    [[nodiscard]] Outcome outcome() const { return m_outcome; }
    /// With the words of the server as they came.
    [[nodiscard]] QString summary() const { return m_summary; }
    [[nodiscard]] QString shownSummary() const;
    /// What was expected and what came, where the outcome is Different or Silence.
    [[nodiscard]] const std::optional<Difference> &difference() const { return m_difference; }

    [[nodiscard]] int messageCount() const { return int(m_messageCount); }
    [[nodiscard]] int doneCount() const { return int(m_sent + m_answers); }
    [[nodiscard]] int differenceLine() const { return m_difference ? int(m_difference->line) : 0; }
    [[nodiscard]] bool hasExpected() const { return m_difference && m_difference->expected; }
    [[nodiscard]] QByteArray expected() const { return expectedEntry().payload; }
    [[nodiscard]] bool expectedIsBinary() const { return expectedEntry().kind == Entry::Binary; }
    [[nodiscard]] bool hasReceived() const { return m_difference && m_difference->received; }
    [[nodiscard]] QByteArray received() const { return receivedEntry().payload; }
    [[nodiscard]] bool receivedIsBinary() const { return receivedEntry().kind == Entry::Binary; }

    /// Begins, unless it runs; it needs a socket. Everything else follows by itself, until
    /// finished().
    Q_INVOKABLE void start();
    /// Sends the message that waits for it.
    Q_INVOKABLE void step();
    /// Ends it as it is.
    Q_INVOKABLE void stop();

Q_SIGNALS:
    void socketChanged();
    void fileNameChanged();
    void paceChanged();
    void answerTimeoutChanged();
    void runningChanged();
    void canStepChanged();
    void progressChanged();
    /// It is over, the connection too.
    void finished();

private:
    enum Phase { Idle, Starting, Reading, Reopening, Opening, Talking, Settling, Ending };

    void readOn();
    void onFileRead();
    void openConnection();
    void onStatusChanged();
    void onConnectionEnded();
    void onReceived(Entry::Kind kind, const QByteArray &payload);
    void onSilence();
    void proceed();
    void sendNext();
    void settle();
    void endConnection();
    void end(Outcome outcome, const QString &summary);
    void announce();

    [[nodiscard]] Entry expectedEntry() const
    {
        return hasExpected() ? *m_difference->expected : Entry();
    }
    [[nodiscard]] Entry receivedEntry() const
    {
        return hasReceived() ? *m_difference->received : Entry();
    }
    void setCanStep(bool canStep);
    void stopTimers();
    [[nodiscard]] qint64 pauseLeft() const;
    [[nodiscard]] std::optional<Entry> message(std::size_t index);
    [[nodiscard]] QString connectionProblem() const;

    QPointer<WebSocket> m_socket;
    QString m_fileName;
    MessageIndex m_messages;
    std::size_t m_nextSent = 0; // the message to be sent next
    std::size_t m_nextAnswer = 0; // the answer that is expected next
    std::size_t m_end = 0; // of the messages of this connection
    QTimer m_readTimer; // until more of the file is read
    QTimer m_pauseTimer; // until the next message is sent
    QTimer m_silenceTimer; // until something has to come
    QElapsedTimer m_sinceLast; // since a message was sent or came
    std::optional<Difference> m_difference;
    QString m_summary;
    qint64 m_answers = 0; // that have come, and are equal
    qint64 m_sent = 0;
    qint64 m_messageCount = 0;
    QTimer m_progressTimer; // until progress is told
    Phase m_phase = Idle;
    Pace m_pace = AtOnce;
    Outcome m_outcome = None;
    int m_answerTimeout = defaultAnswerTimeout;
    bool m_canStep = false;
    bool m_stepWanted = false;
    bool m_busy = false; // in proceed()
};
