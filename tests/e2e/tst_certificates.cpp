// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "serverprocess.h"
#include "testcertificates.h"
#include "windowview.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// The real window on the real server, whose certificate nobody knows: what a person sees and does.
class tst_Certificates : public QObject
{
    Q_OBJECT

    TestCertificates m_certificates{QStringLiteral(OPENSSL_PROGRAM)};

    /// Starts our echo server with the certificate of that \a name.
    [[nodiscard]] bool start(ServerProcess &server, const QString &name, quint16 port = 0) const
    {
        return server.start(QStringLiteral(AWESOMECHAT_SERVER),
                            {u"--listen"_s, u"127.0.0.1"_s, u"--port"_s, QString::number(port),
                             u"--tls-certificate"_s, m_certificates.pem(name), u"--tls-key"_s,
                             m_certificates.key(name)});
    }

    static bool isAsked(const QQuickWindow *window)
    {
        return itemNamed(window, u"trustCertificate"_s) != nullptr;
    }
    /// All that is said of the certificate.
    static QStringList facts(const QQuickWindow *window)
    {
        QStringList facts;
        const auto items = itemsIn(window->contentItem());
        for (const QQuickItem *item : items) {
            if (item->objectName() == "certificateFact"_L1)
                facts += item->property("text").toString();
        }
        return facts;
    }
    static QColor colourOf(const QQuickWindow *window, const QString &name)
    {
        return itemNamed(window, name)->property("color").value<QColor>();
    }
    /// Says hello, and hears it.
    static void talk(QQuickWindow *window)
    {
        QTRY_VERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());
        const auto echoes = visibleRows(window).count(u"< hello"_s);
        typeInto(window, u"hello"_s);
        QTest::keyClick(window, Qt::Key_Return);
        QTRY_COMPARE(visibleRows(window).count(u"< hello"_s), echoes + 1);
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const auto &name : {u"first"_s, u"second"_s})
            m_certificates.makeSelfSigned(name, u"/CN=127.0.0.1"_s, u"IP:127.0.0.1"_s);
    }
    void init() { QTest::failOnWarning(QRegularExpression(u".?"_s)); }

    void aCertificateIsAskedAboutOnce()
    {
        const QTemporaryDir dir;
        const ChatWindow::Settings settings{.addressFile = dir.filePath(u"servers.ini"_s)};
        ServerProcess server;
        QVERIFY(start(server, u"first"_s));
        const QUrl url = server.url();
        QCOMPARE(url.scheme(), u"wss"_s);
        {
            const ChatWindow chat(url, settings);
            QQuickWindow *window = chat.window();
            QVERIFY(QTest::qWaitForWindowExposed(window));
            QTRY_VERIFY(isAsked(window));
            QCOMPARE(textOf(window, u"certificateTitle"_s),
                     u"▲ The certificate of 127.0.0.1:%1 is not trusted."_s.arg(url.port()));
            QCOMPARE(textOf(window, u"certificateReason"_s), u"It is self-signed."_s);
            QVERIFY(facts(window).contains(m_certificates.fingerprint(u"first"_s)));
            QVERIFY(facts(window).contains(u"CN=127.0.0.1"_s));
            QTRY_COMPARE(visibleRows(window),
                         QStringList{u"# socket error: The certificate of 127.0.0.1:%1 is "
                                     "self-signed: trust it for this host, or name its CA in the "
                                     "settings."_s.arg(url.port())});

            // Escape leaves it as it is; the mark, and the next attempt, ask again.
            QVERIFY(itemNamed(window, u"distrustCertificate"_s)->hasActiveFocus());
            QTest::keyClick(window, Qt::Key_Escape);
            QTRY_VERIFY(!isAsked(window));
            QCOMPARE(textOf(window, u"trust"_s), u"▲ not trusted"_s);
            QVERIFY(itemNamed(window, u"input"_s)->hasActiveFocus());
            click(window, u"trust"_s);
            QVERIFY(isAsked(window));
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_VERIFY(!isAsked(window));
            QTest::keyClick(window, Qt::Key_R, Qt::ControlModifier);
            QTRY_VERIFY(isAsked(window));

            // It is trusted, and said not to be verified as long as there is the connection.
            QTest::keyClick(window, Qt::Key_Tab);
            QVERIFY(itemNamed(window, u"trustCertificate"_s)->hasActiveFocus());
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_COMPARE(textOf(window, u"trust"_s), u"▲ not verified"_s);
            QTRY_VERIFY(!isAsked(window));
            talk(window);
            QCOMPARE(textOf(window, u"trust"_s), u"▲ not verified"_s);
            window->resize(320, 480);
            QTRY_COMPARE(textOf(window, u"trust"_s), u"▲ not verified"_s);
        }
        {
            // Another day: it is known.
            const ChatWindow chat(url, settings);
            QQuickWindow *window = chat.window();
            QVERIFY(QTest::qWaitForWindowExposed(window));
            QTRY_COMPARE(textOf(window, u"trust"_s), u"▲ not verified"_s);
            QVERIFY(!isAsked(window));
            talk(window);

            // Another certificate is somebody else's, until it is said that it is not.
            server.kill();
            QVERIFY(start(server, u"second"_s, static_cast<quint16>(url.port())));
            QTest::keyClick(window, Qt::Key_R, Qt::ControlModifier);
            QTRY_VERIFY(isAsked(window));
            QCOMPARE(textOf(window, u"certificateTitle"_s),
                     u"▲ The certificate of 127.0.0.1:%1 has changed."_s.arg(url.port()));
            QCOMPARE(facts(window).first(2),
                     QStringList({m_certificates.fingerprint(u"first"_s),
                                  m_certificates.fingerprint(u"second"_s)}));
            QVERIFY(colourOf(window, u"certificateTitle"_s).red() > 150);
            QVERIFY(!visibleRows(window).last().startsWith("# socket open"_L1));
            QTest::keyClick(window, Qt::Key_Tab);
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_COMPARE(textOf(window, u"trust"_s), u"▲ not verified"_s);
            talk(window);

            // Whoever trusts it no more is asked the next time.
            click(window, u"trust"_s);
            QVERIFY(!isAsked(window) || !itemNamed(window, u"trustCertificate"_s)->isVisible());
            QVERIFY(itemNamed(window, u"distrustCertificate"_s)->hasActiveFocus());
            QTest::keyClick(window, Qt::Key_Return);
            QTRY_COMPARE(textOf(window, u"connect"_s), u"Connect"_s);
            QVERIFY(itemNamed(window, u"trust"_s) == nullptr);
            QTest::keyClick(window, Qt::Key_R, Qt::ControlModifier);
            QTRY_VERIFY(isAsked(window));
            QVERIFY(textOf(window, u"certificateTitle"_s).endsWith("is not trusted."_L1));
        }
    }

    void whatIsTypedIsNotInterrupted()
    {
        ServerProcess server;
        QVERIFY(server.startEchoServer(AWESOMECHAT_SERVER));
        const quint16 port = static_cast<quint16>(server.url().port());
        server.kill();
        const ChatWindow chat(QUrl(u"wss://127.0.0.1:%1"_s.arg(port)));
        QQuickWindow *window = chat.window();
        QVERIFY(QTest::qWaitForWindowExposed(window));
        typeInto(window, u"half a "_s);
        QVERIFY(start(server, u"first"_s, port));
        QTest::keyClick(window, Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(isAsked(window));
        typeInto(window, u"line"_s);
        QCOMPARE(textOf(window, u"input"_s), u"half a line"_s);
        QTest::keyClick(window, Qt::Key_Escape);
        QTRY_VERIFY(!isAsked(window));
        QCOMPARE(textOf(window, u"input"_s), u"half a line"_s);

        // Nor is what one does elsewhere.
        QTest::keyClick(window, Qt::Key_F1);
        const QQuickItem *keys = itemNamed(window, u"keyList"_s);
        QTRY_VERIFY(keys->hasActiveFocus());
        QTest::keyClick(window, Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(isAsked(window));
        QVERIFY(keys->hasActiveFocus());
        server.kill();
        QTest::keyClick(window, Qt::Key_R, Qt::ControlModifier);
        QTRY_VERIFY(!isAsked(window));
        QVERIFY(keys->hasActiveFocus());
    }
};

QTEST_MAIN(tst_Certificates)
#include "tst_certificates.moc"
