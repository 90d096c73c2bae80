// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QTimer>

#include <utility>

/*!
    Counts messages and their bytes, second by second.
*/
class Meter : public QObject
{
    Q_OBJECT

public:
    explicit Meter(QObject *parent = nullptr)
        : QObject(parent)
    {
        m_timer.setInterval(1000);
        connect(&m_timer, &QTimer::timeout, this, &Meter::measure);
    }

    /// A message with that many \a bytes of payload went either way.
    void count(qint64 bytes)
    {
        ++m_messages;
        m_bytes += bytes;
        if (!m_timer.isActive())
            m_timer.start();
    }

    /// How many there were in the last second.
    [[nodiscard]] int messageRate() const { return m_messageRate; }
    [[nodiscard]] qint64 byteRate() const { return m_byteRate; }

Q_SIGNALS:
    void ratesChanged();

private:
    void measure()
    {
        m_messageRate = std::exchange(m_messages, 0);
        m_byteRate = std::exchange(m_bytes, 0);
        if (m_messageRate == 0)
            m_timer.stop();
        Q_EMIT ratesChanged();
    }

    QTimer m_timer; // runs while there is something to count
    int m_messages = 0;
    qint64 m_bytes = 0;
    int m_messageRate = 0;
    qint64 m_byteRate = 0;
};
