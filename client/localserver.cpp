// SPDX-License-Identifier: MIT
#include "localserver.h"

#include "address.h"
#include "displaytext.h"
#include "portholder.h"
#include "websocket.h"

#include <QCoreApplication>
#include <QStandardPaths>

#include <utility>

#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto programName = "awesome-chat-server"_L1;
constexpr auto listeningOn = "listening on "_L1;
constexpr int exitCannotListen = 1; // see awesome-chat-server --help
/// How much of what it says last is kept, in bytes.
constexpr qsizetype maxLastWords = 1024;

/// Our own, or one from elsewhere; empty when there is none.
QString findProgram()
{
    const QString beside =
        QStandardPaths::findExecutable(programName, {QCoreApplication::applicationDirPath()});
    return beside.isEmpty() ? QStandardPaths::findExecutable(programName) : beside;
}

/// Lets the child end when this thread ends, be it by kill -9; see PR_SET_PDEATHSIG in prctl(2).
/// To be called between fork() and exec(), so only functions of signal-safety(7).
void endWithParent(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) // it was too late
        _exit(EXIT_FAILURE);
}

} // namespace

LocalServer::LocalServer(QObject *parent)
    : QObject(parent)
{
    connect(&m_process, &QProcess::readyReadStandardOutput, this, &LocalServer::onOutput);
    connect(&m_process, &QProcess::readyReadStandardError, this, &LocalServer::onErrorOutput);
    connect(&m_process, &QProcess::errorOccurred, this, &LocalServer::onErrorOccurred);
    connect(&m_process, &QProcess::finished, this, &LocalServer::onFinished);
    m_process.setChildProcessModifier([pid = getpid()] { endWithParent(pid); });
    m_process.setStandardInputFile(QProcess::nullDevice());
    m_startTimer.setSingleShot(true);
    m_startTimer.setInterval(defaultStartTimeout);
    connect(&m_startTimer, &QTimer::timeout, this, [this] {
        endProcess();
        fail(tr("The local echo server did not say within %1 s that it listens: start it again.")
                 .arg(m_startTimer.interval() / 1000.0));
    });
}

LocalServer::~LocalServer()
{
    endProcess();
}

void LocalServer::setPort(int port)
{
    if (m_port == port)
        return;
    m_port = port;
    Q_EMIT portChanged();
}

QString LocalServer::program() const
{
    return m_program.isNull() ? findProgram() : m_program;
}

void LocalServer::setProgram(const QString &program)
{
    if (m_program == program)
        return;
    m_program = program;
    Q_EMIT programChanged();
}

void LocalServer::start()
{
    if (m_state == Starting || m_state == Running)
        return;
    setNotice({});
    m_isElsewhere = false;
    become(Starting);
    launch(m_port);
}

void LocalServer::stop()
{
    endProcess();
    setNotice({});
    become(Stopped);
}

void LocalServer::launch(int port)
{
    const QString file = program();
    if (file.isEmpty()) {
        fail(tr("There is no echo server to start: put %1 beside this program, or into PATH.")
                 .arg(programName));
        return;
    }
    m_lastWords.clear();
    m_triedPort = port;
    // Both loopbacks: whoever connects to localhost must not get to somebody else on the other.
    m_process.start(file,
                    {u"--listen"_s, u"localhost"_s, u"--port"_s, QString::number(port),
                     u"--drain-timeout"_s, QString::number(drainTimeout)});
    m_startTimer.start();
}

void LocalServer::onOutput()
{
    while (m_process.canReadLine()) {
        const QString line = QString::fromUtf8(m_process.readLine()).trimmed();
        if (m_state != Starting || !line.startsWith(listeningOn))
            continue;
        const int port = QUrl(line.sliced(listeningOn.size())).port();
        m_startTimer.stop();
        if (m_isElsewhere) {
            m_otherPort = port;
            setNotice(tr("Port %1 is taken by %2: the local echo server listens on %3 instead.")
                          .arg(QString::number(m_port), m_holder, QString::number(port)));
        }
        become(Running, QUrl(u"ws://localhost:%1"_s.arg(port)));
    }
}

void LocalServer::onErrorOutput()
{
    // Read, even though nobody wants it: it would fill the memory.
    const QByteArray lines = m_process.readAllStandardError().trimmed();
    if (!lines.isEmpty())
        m_lastWords = lines.mid(lines.lastIndexOf('\n') + 1).left(maxLastWords);
}

void LocalServer::onErrorOccurred(QProcess::ProcessError error)
{
    if (error != QProcess::FailedToStart)
        return; // onFinished() is told, too
    m_startTimer.stop();
    fail(tr("The local echo server, “%1”, could not be started: %2.")
             .arg(DisplayText::quoted(program()), DisplayText::quoted(m_process.errorString())));
}

void LocalServer::onFinished(int exitCode, QProcess::ExitStatus status)
{
    onErrorOutput();
    m_startTimer.stop();
    const bool wasStarting = m_state == Starting;
    if (wasStarting && status == QProcess::NormalExit && exitCode == exitCannotListen
        && m_triedPort != 0) {
        // First where it was the last time: lines may wait for it there.
        int next = std::exchange(m_otherPort, 0);
        if (!std::exchange(m_isElsewhere, true)) {
            m_holder = portHolder(static_cast<quint16>(m_port));
            if (m_holder.isEmpty())
                m_holder = tr("another program"); // which has ended meanwhile
        } else {
            next = 0;
        }
        launch(next);
        return;
    }
    const QString how = !m_lastWords.isEmpty() && status == QProcess::NormalExit
        ? DisplayText::quoted(QString::fromUtf8(m_lastWords))
        : status == QProcess::NormalExit ? tr("exit status %1").arg(exitCode)
                                         : tr("it was killed, or has crashed");
    fail((wasStarting ? tr("The local echo server could not be started (%1).")
                      : tr("The local echo server has ended by itself (%1): start it again."))
             .arg(how));
}

/// Ends the process that there is; nothing is heard of it any more.
void LocalServer::endProcess()
{
    m_startTimer.stop();
    if (m_process.state() == QProcess::NotRunning)
        return;
    const QSignalBlocker blocker(m_process);
    m_process.terminate();
    if (!m_process.waitForFinished(stopTimeout)) {
        m_process.kill();
        m_process.waitForFinished(stopTimeout);
    }
}

void LocalServer::fail(const QString &sentence)
{
    setNotice(sentence);
    become(Failed);
}

bool LocalServer::isLocal(const QUrl &url)
{
    return isLoopback(url);
}

bool LocalServer::couldHelp(const WebSocket *socket)
{
    const QList<ConnectionStage> stages = socket->stages();
    return socket->status() == WebSocket::Error && isLocal(socket->url()) && !stages.isEmpty()
        && stages.constLast().stage == Stage::Tcp;
}

bool LocalServer::serves(const QUrl &url) const
{
    return m_state == Running && isLocal(url) && url.scheme() == "ws"_L1
        && url.port(80) == m_url.port();
}

void LocalServer::become(State state, const QUrl &url)
{
    if (m_state == state && m_url == url)
        return;
    m_state = state;
    m_url = url;
    Q_EMIT stateChanged();
}

void LocalServer::setNotice(const QString &notice)
{
    if (m_notice == notice)
        return;
    m_notice = notice;
    Q_EMIT noticeChanged();
}
