// SPDX-License-Identifier: MIT
#pragma once

#include <QProcess>
#include <QTest>
#include <QUrl>

//! The real echo server, as a process of its own.
class ServerProcess
{
public:
    //! Starts it, and returns once it listens: on \a port of the loopback, 0 for a free one.
    bool start(quint16 port = 0)
    {
        m_process.setProcessChannelMode(QProcess::SeparateChannels);
        m_process.start(QStringLiteral(AWESOMECHAT_SERVER),
                        {QStringLiteral("--listen"), QStringLiteral("127.0.0.1"),
                         QStringLiteral("--port"), QString::number(port),
                         QStringLiteral("--verbose")});
        const bool ready = QTest::qWaitFor([this] { return m_process.canReadLine(); });
        QByteArray line = m_process.readLine().trimmed();
        m_url = QUrl(QString::fromUtf8(line.remove(0, qstrlen("listening on "))));
        return ready && m_url.isValid();
    }
    //! Ends it as kill -9 does.
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    //! Asks it to end.
    void terminate() { m_process.terminate(); }
    [[nodiscard]] QUrl url() const { return m_url; }
    //! What it has logged since.
    [[nodiscard]] QByteArray log()
    {
        m_log += m_process.readAllStandardError();
        return m_log;
    }

    ServerProcess() = default;
    ~ServerProcess() { kill(); }
    Q_DISABLE_COPY_MOVE(ServerProcess)

private:
    QProcess m_process;
    QByteArray m_log;
    QUrl m_url;
};
