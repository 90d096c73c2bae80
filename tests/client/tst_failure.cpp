// SPDX-License-Identifier: MIT
#include "hostilepeer.h"
#include "websocket.h"

#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <vector>

#include <arpa/inet.h>

using namespace Qt::Literals::StringLiterals;

/// Why a connection fails and what may help, in one sentence, and how far it came: by servers that
/// really do so.
class tst_Failure : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

    /// A server that speaks TLS, as "localhost".
    [[nodiscard]] std::unique_ptr<QWebSocketServer> tlsServer() const
    {
        QSslConfiguration tls;
        tls.setLocalCertificateChain(QSslCertificate::fromPath(m_dir.filePath(u"cert"_s)));
        QFile key(m_dir.filePath(u"key"_s));
        if (!key.open(QIODevice::ReadOnly))
            qFatal("no key");
        tls.setPrivateKey(QSslKey(&key, QSsl::Ec));
        auto server = std::make_unique<QWebSocketServer>(u"peer"_s, QWebSocketServer::SecureMode);
        server->setSslConfiguration(tls);
        if (!server->listen(QHostAddress::LocalHost))
            qFatal("the peer cannot listen");
        return server;
    }

    [[nodiscard]] static QUrl urlOf(const char *scheme, const QString &host, quint16 port)
    {
        return QUrl(u"%1://%2:%3"_s.arg(QLatin1StringView(scheme), host).arg(port));
    }

    /// That connecting to \a url fails, with \a sentence, where "%1" is host and port.
    static void fails(WebSocket &socket, const QUrl &url, const QString &sentence)
    {
        socket.setUrl(url);
        socket.open();
        QTRY_COMPARE_WITH_TIMEOUT(socket.status(), WebSocket::Error, 15'000);
        QCOMPARE(socket.errorString(), QString(sentence).replace(u"%1"_s, url.authority()));
        QCOMPARE(socket.closeCode(), 1006);
    }

    /// The stages of \a socket: "name done, TCP failed".
    [[nodiscard]] static QString stages(const WebSocket &socket)
    {
        const QHash<StageState::State, QString> words{{StageState::Running, u"running"_s},
                                                      {StageState::Done, u"done"_s},
                                                      {StageState::Failed, u"failed"_s},
                                                      {StageState::GivenUp, u"given up"_s}};
        QStringList list;
        for (const ConnectionStage &stage : socket.stages()) {
            if ((stage.milliseconds >= 0) == (stage.state == StageState::Running))
                qFatal("a stage that is over takes some time");
            list += stage.name() + u' ' + words[stage.state];
        }
        return list.join(u", "_s);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QProcess openssl;
        openssl.start(QStringLiteral(OPENSSL_PROGRAM),
                      {u"req"_s, u"-x509"_s, u"-nodes"_s, u"-days"_s, u"1"_s, u"-subj"_s,
                       u"/CN=localhost"_s, u"-addext"_s, u"subjectAltName=DNS:localhost"_s,
                       u"-newkey"_s, u"ec"_s, u"-pkeyopt"_s, u"ec_paramgen_curve:P-256"_s,
                       u"-keyout"_s, m_dir.filePath(u"key"_s), u"-out"_s,
                       m_dir.filePath(u"cert"_s)});
        QVERIFY(openssl.waitForFinished());
        QVERIFY2(openssl.exitCode() == 0, openssl.readAllStandardError().constData());
    }

    void answers_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char *name, const QByteArray &answer, const QString &sentence) {
            QTest::newRow(name) << answer + "\r\n\r\n" << u"%1 "_s + sentence;
        };
        row("400", "HTTP/1.1 400 Bad Request",
            u"refused the WebSocket handshake (HTTP 400 Bad Request): a header or a subprotocol "
            "may be missing or wrong."_s);
        row("400 of another version", "HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 8, 7",
            u"refused the WebSocket handshake (HTTP 400 Bad Request): it speaks version 8, 7 of "
            "WebSocket, and this is version 13."_s);
        row("401", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"",
            u"refused the WebSocket handshake (HTTP 401 Unauthorized): it wants to know who you "
            "are: give a header “Authorization: Basic …”."_s);
        row("401 without a scheme", "HTTP/1.1 401",
            u"refused the WebSocket handshake (HTTP 401): it wants to know who you are: give a "
            "header “Authorization”."_s);
        row("403", "HTTP/1.1 403 Forbidden",
            u"refused the WebSocket handshake (HTTP 403 Forbidden): it does not let you in: give "
            "the Origin that it expects, or a header such as “Authorization” or “Cookie”."_s);
        row("404", "HTTP/1.1 404 Not Found",
            u"refused the WebSocket handshake (HTTP 404 Not Found): it has no WebSocket at “/”: "
            "is the path right?"_s);
        row("405", "HTTP/1.1 405 Method Not Allowed",
            u"refused the WebSocket handshake (HTTP 405 Method Not Allowed): it takes no GET "
            "there, so this is no WebSocket: is the path right?"_s);
        row("407", "HTTP/1.1 407 Proxy Authentication Required",
            u"refused the WebSocket handshake (HTTP 407 Proxy Authentication Required): there is a "
            "proxy in between that wants to know who you are."_s);
        row("418", "HTTP/1.1 418 Teapot",
            u"refused the WebSocket handshake (HTTP 418 Teapot): is the path right?"_s);
        row("426 of another version",
            "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8",
            u"refused the WebSocket handshake (HTTP 426 Upgrade Required): it speaks version 8 of "
            "WebSocket, and this is version 13."_s);
        row("426 of another protocol", "HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2c",
            u"refused the WebSocket handshake (HTTP 426 Upgrade Required): it wants “h2c” there, "
            "and no WebSocket: is the path right?"_s);
        row("426 behind a proxy", "HTTP/1.1 426 Upgrade Required",
            u"refused the WebSocket handshake (HTTP 426 Upgrade Required): it did not see that a "
            "WebSocket was asked for: a proxy in between may take the header “Upgrade” away."_s);
        row("429", "HTTP/1.1 429 Too Many Requests",
            u"refused the WebSocket handshake (HTTP 429 Too Many Requests): it has too much to do "
            "with you: wait a while."_s);
        row("500", "HTTP/1.1 500 Internal Server Error",
            u"refused the WebSocket handshake (HTTP 500 Internal Server Error): it failed; its own "
            "log should say why."_s);
        row("503", "HTTP/1.1 503 Service Unavailable",
            u"refused the WebSocket handshake (HTTP 503 Service Unavailable): the server behind it "
            "is down or busy: try again later."_s);
        row("301", "HTTP/1.1 301 Moved Permanently\r\nLocation: https://u:secret@a.example/chat",
            u"sends you to wss://a.example/chat (HTTP 301 Moved Permanently): give that address."_s);
        row("302 to a path", "HTTP/1.1 302 Found\r\nLocation: /login",
            u"sends you to ws://%1/login (HTTP 302 Found): give that address."_s);
        row("300 without a place", "HTTP/1.1 300 Multiple Choices",
            u"sends you elsewhere (HTTP 300 Multiple Choices), but does not say where: is the path "
            "right?"_s);
        row("200", "HTTP/1.1 200 OK",
            u"answered with a page (HTTP 200 OK) instead of a WebSocket: is the path right?"_s);
        row("101 without an upgrade", "HTTP/1.1 101 Switching Protocols",
            u"answered the handshake (HTTP 101 Switching Protocols) without the headers that it "
            "takes, Upgrade, Connection and Sec-WebSocket-Accept: is it a WebSocket server?"_s);
        row("no HTTP", "220 mail.example ESMTP",
            u"does not speak HTTP, it says “220 mail.example ESMTP”: is the port right?"_s);
        row("an alert of TLS", "\x15\x03\x03\0\x02\x02\x0a"_ba,
            u"speaks TLS there: try wss://%1."_s);
        row("Go with TLS",
            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
            u"speaks TLS there: try wss://%1."_s);
        row("nginx with TLS",
            "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n<center>The plain HTTP request was "
            "sent to HTTPS port</center>",
            u"speaks TLS there: try wss://%1."_s);
    }

    void answers()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QString, sentence);
        const RawPeer peer(answer);
        WebSocket socket;
        fails(socket, peer.url(), sentence);
        QCOMPARE(stages(socket), u"name done, TCP done, upgrade failed"_s);
        QCOMPARE(socket.stages().at(1).detail, peer.url().authority());
    }

    void refused()
    {
        WebSocket socket;
        fails(socket, deadUrl(),
              u"Nothing listens at %1 (connection refused): start the local server?"_s);
        QCOMPARE(stages(socket), u"name done, TCP failed"_s);
    }

    void noSuchName()
    {
        // Too long for a name: nobody has to be asked.
        WebSocket socket;
        const QString name = QStringList(5, QString(63, u'a')).join(u'.');
        fails(socket, QUrl(u"ws://"_s + name),
              u"There is no host named “%1”: is it spelled right, and is this machine on the "
              "network?"_s);
        QCOMPARE(stages(socket), u"name failed"_s);
    }

    void hangsUp()
    {
        const RawPeer peer({}, RawPeer::HangUp);
        WebSocket socket;
        fails(socket, peer.url(),
              u"%1 closed the connection instead of answering the WebSocket handshake: is it a "
              "WebSocket server? If it speaks TLS, try wss://%1."_s);
    }

    void plainToTls()
    {
        const auto server = tlsServer();
        WebSocket socket;
        socket.setUrl(urlOf("ws", u"127.0.0.1"_s, server->serverPort()));
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Error);
        QVERIFY2(socket.errorString().contains(u"try wss://"_s), qPrintable(socket.errorString()));
    }

    void tlsToPlain_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("sentence");
        QTest::newRow("HTTP") << "HTTP/1.1 400 Bad Request\r\n\r\n"_ba
                              << u"%1 speaks no TLS there: try ws://%1."_s;
        QTest::newRow("not HTTP") << "220 mail ready\r\n"_ba
                                  << u"%1 speaks no TLS there: try ws://%1."_s;
        QTest::newRow("hangs up") << QByteArray()
                                  << u"%1 closed the connection during the TLS handshake: if it "
                                     "speaks no TLS there, try ws://%1."_s;
    }

    void tlsToPlain()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QString, sentence);
        QTcpServer server;
        connect(&server, &QTcpServer::newConnection, &server, [&] {
            QTcpSocket *socket = server.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket, answer] {
                socket->readAll();
                socket->write(answer);
                socket->disconnectFromHost();
            });
        });
        QVERIFY(server.listen(QHostAddress::LocalHost));
        WebSocket socket;
        fails(socket, urlOf("wss", u"127.0.0.1"_s, server.serverPort()), sentence);
        QCOMPARE(stages(socket), u"name done, TCP done, TLS failed"_s);
    }

    void timeouts_data()
    {
        QTest::addColumn<QString>("scheme");
        QTest::addColumn<QString>("sentence");
        QTest::addColumn<QString>("stages");
        QTest::newRow("TLS") << u"wss"_s
                             << u"%1 did not answer the TLS handshake within 0.3 s: if it speaks "
                                "no TLS there, try ws://%1."_s
                             << u"name done, TCP done, TLS failed"_s;
        QTest::newRow("upgrade") << u"ws"_s
                                 << u"%1 did not answer the WebSocket handshake within 0.3 s: is "
                                    "it a WebSocket server?"_s
                                 << u"name done, TCP done, upgrade failed"_s;
    }

    void timeouts()
    {
        QFETCH(QString, scheme);
        QFETCH(QString, sentence);
        const RawPeer silent;
        QUrl url = silent.url();
        url.setScheme(scheme);
        WebSocket socket;
        socket.setHandshakeTimeout(300);
        fails(socket, url, sentence);
        QTEST(stages(socket), "stages");
        QVERIFY(socket.stages().last().milliseconds > 100);
    }

    void timeoutOfTcp()
    {
        // A listener whose queue is full lets nobody else in.
        const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        QCOMPARE(::bind(listener, reinterpret_cast<sockaddr *>(&address), size), 0);
        QCOMPARE(::listen(listener, 0), 0);
        QCOMPARE(::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size), 0);
        std::vector<std::unique_ptr<QTcpSocket>> others;
        for (int i = 0; i < 4; ++i) {
            others.push_back(std::make_unique<QTcpSocket>());
            others.back()->connectToHost(QHostAddress::LocalHost, ntohs(address.sin_port));
        }
        QTRY_COMPARE(others.front()->state(), QAbstractSocket::ConnectedState);
        WebSocket socket;
        socket.setHandshakeTimeout(300);
        fails(socket, urlOf("ws", u"127.0.0.1"_s, ntohs(address.sin_port)),
              u"%1 could not be reached within 0.3 s: is the address right, and does a firewall "
              "let it through?"_s);
        QCOMPARE(stages(socket), u"name done, TCP failed"_s);
        ::close(listener);
    }

    void stagesOfAConnection()
    {
        WebSocketPeer peer;
        WebSocket socket;
        QCOMPARE(stages(socket), QString());
        socket.setUrl(peer.url());
        QString atOpen;
        connect(&socket, &WebSocket::statusChanged, this, [&] {
            if (socket.status() == WebSocket::Open)
                atOpen = stages(socket);
        });
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QCOMPARE(atOpen, u"name done, TCP done, upgrade done"_s);
        QCOMPARE(socket.stages().at(1).detail, peer.url().authority());
        QCOMPARE(socket.stages().at(2).detail, u"HTTP 101 Switching Protocols"_s);
        // They stay until the next attempt.
        socket.close();
        QTRY_COMPARE(socket.status(), WebSocket::Closed);
        QCOMPARE(stages(socket), atOpen);
        socket.open();
        QCOMPARE(stages(socket), QString());
    }

    void stagesOverTls()
    {
        const auto server = tlsServer();
        WebSocket socket;
        socket.setTlsFiles({.ca = m_dir.filePath(u"cert"_s)});
        socket.setUrl(urlOf("wss", u"localhost"_s, server->serverPort()));
        socket.open();
        QTRY_COMPARE(socket.status(), WebSocket::Open);
        QCOMPARE(stages(socket), u"name done, TCP done, TLS done, upgrade done"_s);
        QVERIFY2(socket.stages().at(2).detail.startsWith("TLSv1.3, "_L1),
                 qPrintable(socket.stages().at(2).detail));
    }

    void stagesThatAreGivenUp()
    {
        const RawPeer silent;
        WebSocket socket;
        socket.setUrl(silent.url());
        socket.open();
        QTRY_COMPARE(stages(socket), u"name done, TCP done, upgrade running"_s);
        socket.close();
        QCOMPARE(stages(socket), u"name done, TCP done, upgrade given up"_s);
        QCOMPARE(socket.ending(), u"given up before it was open"_s);
    }
};

QTEST_GUILESS_MAIN(tst_Failure)
#include "tst_failure.moc"
