// SPDX-License-Identifier: MIT
#pragma once

#include "behaviour.h"
#include "framereader.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <deque>
#include <optional>

class Wire;

/*!
    Misbehaves on one connection as its Behaviour asks for: decides what is sent, and when.

    It is as bounded as a plain echo: what it holds back counts as backlog of the wire, and it
    pushes nothing while the backlog is above the high mark.
*/
class Performer : public QObject
{
    Q_OBJECT

public:
    /// \a wire outlives the performer.
    Performer(const Behaviour &behaviour, Wire &wire);
    ~Performer() override;

    [[nodiscard]] const Behaviour &behaviour() const { return m_behaviour; }
    /// Bytes of payload that a frame may have now, if there is a limit.
    [[nodiscard]] std::optional<qint64> fragmentSize() const;

    /// The greeting has been sent: now everything else begins.
    void start();
    /// A \a message of \a type, Text or Binary, has come.
    void receiveMessage(const QByteArray &message, Opcode type);
    /// A Close frame has come, with \a code and \a reason as in Wire::closeReceived().
    void receiveClose(int code, const QString &reason);
    /// Nothing more comes from the peer; ended() follows when all that it is owed is written.
    void endInput();
    /// The server stops: what is held back goes out at once, each in one frame, and nothing comes
    /// after it.
    void finish();

Q_SIGNALS:
    /// \a message of \a type is to be sent now.
    void messageDue(const QByteArray &message, Opcode type);
    /// A ping is to be sent now.
    void pingDue();
    /// The connection is to be closed now, with \a code, if any, and \a reason.
    void closeDue(std::optional<int> code, const QString &reason);
    /// The connection is to be ended now; the wire has been told to reset it.
    void resetDue();
    /// The connection is to be ended now, without a Close frame.
    void ended();

private:
    struct Held
    {
        qint64 due = 0; // of m_clock
        Opcode type = Opcode::Binary;
        QByteArray payload; // of a Close: the reason
        int code = 0;
    };

    void release(const Held &item);
    void hold(Held item);
    void releaseDue();
    void endIfCounted();
    void pushNumber();
    void pushFlood();
    [[nodiscard]] bool hasRoom() const;
    void endIfDone();
    void stop();

    const Behaviour m_behaviour;
    Wire &m_wire;
    QElapsedTimer m_clock;
    QTimer m_delayTimer;
    QTimer m_pushTimer;
    QTimer m_pingTimer;
    QTimer m_floodTimer;
    std::deque<Held> m_held;
    qint64 m_heldBytes = 0;
    qint64 m_messageCount = 0;
    qint64 m_pushed = 0;
    int m_flooded = 0;
    bool m_isInputAtEnd = false;
    bool m_isFinishing = false;
    bool m_isOver = false;
};
