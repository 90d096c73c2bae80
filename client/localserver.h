// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QProcess>
#include <QTimer>
#include <QUrl>
#include <QtQml/qqmlregistration.h>

class WebSocket;

/*!
    The bundled echo server, as a process that ends with this object, and with this program,
    however that ends. For the loopback only.

    It listens on \c port, or where that cannot be had on a free one; \c notice says who has it.
    Start it in the program's first thread: the process ends with the thread that has started it.
*/
class LocalServer : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    Q_MOC_INCLUDE("websocket.h")

    Q_PROPERTY(State state READ state NOTIFY stateChanged FINAL)
    /// Where it listens while it is Running; otherwise empty.
    Q_PROPERTY(QUrl url READ url NOTIFY stateChanged FINAL)
    /// What a person should know, in a sentence: why it is not running, or not on \c port; or
    /// empty.
    Q_PROPERTY(QString notice READ notice NOTIFY noticeChanged FINAL)
    /// The port to begin with, 0 to 65535; 0 is any free one. Takes effect at the next start.
    Q_PROPERTY(int port READ port WRITE setPort NOTIFY portChanged FINAL)
    /// The server's program: awesome-chat-server beside this one, else in PATH. Empty when there is
    /// none.
    Q_PROPERTY(QString program READ program WRITE setProgram NOTIFY programChanged FINAL)

public:
    enum State {
        Stopped,
        Starting, ///< it does not listen yet
        Running,
        Failed, ///< it could not be started, or has ended by itself: \c notice says why
    };
    Q_ENUM(State)

    static constexpr int defaultPort = 3000;
    /// How long it may take until it listens, in ms.
    static constexpr int defaultStartTimeout = 5'000;
    /// How long its clients have when it is stopped, and then it itself, in ms.
    static constexpr int drainTimeout = 300;
    static constexpr int stopTimeout = 1'000;

    explicit LocalServer(QObject *parent = nullptr);
    /// Stops it.
    ~LocalServer() override;

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] QUrl url() const { return m_url; }
    [[nodiscard]] QString notice() const { return m_notice; }
    [[nodiscard]] int port() const { return m_port; }
    void setPort(int port);
    [[nodiscard]] QString program() const;
    void setProgram(const QString &program);
    /// How long it may take until it listens, in ms.
    void setStartTimeout(int timeout) { m_startTimer.setInterval(timeout); }
    /// The number of its process; 0 when there is none.
    [[nodiscard]] qint64 processId() const { return m_process.processId(); }

    /// Starts it, unless it is Starting or Running.
    Q_INVOKABLE void start();
    /// Ends it and waits for that, for up to stopTimeout.
    Q_INVOKABLE void stop();
    /// The person has read the notice.
    Q_INVOKABLE void clearNotice() { setNotice({}); }

    /// Whether \a url leads to this machine by way of the loopback.
    Q_INVOKABLE static bool isLocal(const QUrl &url);
    /// Whether the last attempt of \a socket found nobody at an address of this machine.
    Q_INVOKABLE static bool couldHelp(const WebSocket *socket);
    /// Whether \a url leads to this server, which is Running.
    [[nodiscard]] Q_INVOKABLE bool serves(const QUrl &url) const;

Q_SIGNALS:
    void stateChanged();
    void noticeChanged();
    void portChanged();
    void programChanged();

private:
    void launch(int port);
    void onOutput();
    void onErrorOutput();
    void onErrorOccurred(QProcess::ProcessError error);
    void onFinished(int exitCode, QProcess::ExitStatus status);
    void endProcess();
    void fail(const QString &sentence);
    void become(State state, const QUrl &url = {});
    void setNotice(const QString &notice);

    QProcess m_process;
    QTimer m_startTimer;
    QString m_program;
    QString m_notice;
    QString m_holder; // of the port that could not be had
    QByteArray m_lastWords; // the last line of its error output
    QUrl m_url;
    State m_state = Stopped;
    int m_port = defaultPort;
    int m_triedPort = 0; // the last one that it was told
    int m_otherPort = 0; // the one that it had when the port was taken; 0: none
    bool m_isElsewhere = false; // it is tried on another port
};
