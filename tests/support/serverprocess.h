// SPDX-License-Identifier: MIT
#pragma once

#include <QProcess>
#include <QTest>
#include <QUrl>

/// A server as a process of its own, which says "listening on ws://…" when it is ready, and maybe
/// more.
class ServerProcess
{
public:
    ServerProcess() = default;
    ~ServerProcess() { kill(); }
    Q_DISABLE_COPY_MOVE(ServerProcess)

    /// Starts \a program, and returns whether it listens.
    bool start(const QString &program, const QStringList &arguments)
    {
        m_process.start(program, arguments);
        const bool ready = QTest::qWaitFor([this] { return m_process.canReadLine(); }, 20'000);
        const QByteArrayList words = m_process.readLine().trimmed().split(' ');
        m_url = QUrl(QString::fromUtf8(words.value(2)));
        return ready && m_url.isValid();
    }
    /// Starts our echo server, the program of that path, on \a port (0: a free one).
    bool startEchoServer(const char *program, quint16 port = 0)
    {
        return start(QString::fromUtf8(program),
                     {QStringLiteral("--listen"), QStringLiteral("127.0.0.1"),
                      QStringLiteral("--port"), QString::number(port),
                      QStringLiteral("--verbose")});
    }
    /// Ends it as kill -9 does.
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    /// Asks it to end.
    void terminate() { m_process.terminate(); }
    [[nodiscard]] QUrl url() const { return m_url; }
    /// What it has logged.
    [[nodiscard]] QByteArray log()
    {
        m_log += m_process.readAllStandardError();
        return m_log;
    }

private:
    QProcess m_process;
    QByteArray m_log;
    QUrl m_url;
};
