// SPDX-License-Identifier: MIT
#include "address.h"
#include "closecode.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_Address : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addressProblem_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("problem"); // a part of the sentence; empty: none

        QTest::newRow("host and port") << u"ws://localhost:3000"_s << QString();
        QTest::newRow("wss, path, query") << u"wss://example.org/chat?room=1"_s << QString();
        QTest::newRow("IPv6") << u"ws://[::1]:3000/"_s << QString();
        QTest::newRow("scheme in capitals") << u"WS://localhost"_s << QString();
        QTest::newRow("nothing") << QString() << u"No address"_s;
        QTest::newRow("a word") << u"foo"_s << u"“foo” is not a WebSocket address"_s;
        QTest::newRow("host and port alone") << u"localhost:3000"_s << u"starts with localhost:"_s;
        QTest::newRow("http") << u"http://localhost:3000"_s << u"starts with http:"_s;
        QTest::newRow("javascript") << u"javascript:alert(1)"_s << u"starts with javascript:"_s;
        QTest::newRow("no host") << u"ws:///chat"_s << u"names no host"_s;
        QTest::newRow("port too large") << u"ws://localhost:99999"_s << u"port"_s;
        QTest::newRow("blank in the host") << u"ws://local host"_s << u"not an address"_s;
        QTest::newRow("fragment") << u"ws://localhost/#top"_s << u"fragment"_s;
        QTest::newRow("line break") << u"ws://localhost/%0D%0AX: y"_s << u"line break"_s;
    }

    void addressProblem()
    {
        QFETCH(QString, url);
        QFETCH(QString, problem);

        const QString said = ::addressProblem(QUrl(url));
        if (problem.isEmpty()) {
            QCOMPARE(said, QString());
        } else {
            QVERIFY2(said.contains(problem), qPrintable(said));
            QVERIFY2(said.endsWith(u'.'), qPrintable(said));
        }
    }

    void typed_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("url");

        const auto row = [](const char *text, const char *url) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(url);
        };
        row("localhost", "ws://localhost");
        row("localhost:3000", "ws://localhost:3000");
        row("localhost:3000/a?b=c:d@e", "ws://localhost:3000/a?b=c:d@e");
        row("example.org:443", "wss://example.org:443");
        row("example.org:443/chat", "wss://example.org:443/chat");
        row("[::1]:443", "wss://[::1]:443");
        row("example.org:4430", "ws://example.org:4430");
        row("example.org/:443", "ws://example.org/:443");
        row("ws://example.org:443", "ws://example.org:443");
        row("//example.org/a", "ws://example.org/a");
        row("127.0.0.1:1", "ws://127.0.0.1:1");
        row("[::1]", "ws://[::1]");
        row("[fe80::1%25eth0]:80/a", "ws://[fe80::1%25eth0]:80/a");
        row("WSS://Example.ORG/Path?Q=%41", "wss://example.org/Path?Q=%41");
        row("  ws://localhost:3000\n", "ws://localhost:3000");
        row("ws://localhost:", "ws://localhost:");
        row("bücher.example", "ws://xn--bcher-kva.example");
        row("ws://host/größe", "ws://host/gr%C3%B6%C3%9Fe");
        row("ws", "ws://ws");
    }

    void typed()
    {
        QFETCH(QString, text);
        QFETCH(QString, url);

        const TypedAddress address = typedAddress(text);
        QCOMPARE(address.problem, QString());
        QCOMPARE(address.url, QUrl(url));
        QCOMPARE(::addressProblem(address.url), QString());
    }

    void typedProblem_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("problem"); // a part of the sentence

        const auto row = [](const char *text, const char *problem) {
            QTest::newRow(text) << QString::fromUtf8(text) << QString::fromUtf8(problem);
        };
        row("", "No address");
        row(" \t\n", "No address");
        row("http://localhost:3000/a", "write ws://localhost:3000/a");
        row("https://example.org", "write wss://example.org.");
        row("HTTPS://example.org", "write wss://example.org.");
        row("ftp://example.org", "starts with ftp:");
        row("httpx://example.org", "httpx:");
        row("javascript:alert(1)", "begin with ws://");
        row("mailto:ann", "begin with ws://");
        row("ws:localhost", "begin with ws://");
        row("localhost:port", "begin with ws://");
        row("ws://localhost:port", "“port” is not a port");
        row("localhost:0", "from 1 to 65535");
        row("localhost:65536", "from 1 to 65535");
        row("localhost:99999999999999999999", "from 1 to 65535");
        row("ws://localhost:-1", "from 1 to 65535");
        row("ws://", "names no host");
        row("ws:///chat", "names no host");
        row("ws://:3000", "names no host");
        row(":3000", "names no host");
        row("/chat", "names no host");
        row("?a", "names no host");
        row("ws://localhost/#top", "fragment");
        row("localhost#", "fragment");
        row("ws://local host", "blank");
        row("ws://localhost/a b", "blank");
        row("ws://localhost/a\nb", "blank");
        row("ws://local\u00a0host", "blank");
        row("ws://local\u200bhost", "cannot be seen");
        row("ws://local\u202ehost", "cannot be seen");
        row("ws://localhost/\u001b[31m", "cannot be seen");
        row("::1", "[::1]:3000");
        row("ws://fe80::1", "[fe80::1]");
        row("ws://[::1", "not an address");
        row("ws://[::g]", "not an address");
        row("localhost/%0D%0AX: y", "blank");
        row("localhost/%0D%0AX:y", "line break");
        row("ws://ann:secret@localhost", "Authorization");
        row("ann:secret@localhost", "Authorization");
        row("ws://ann:secret/@localhost", "Authorization");
        row("ann:secret#?@localhost", "Authorization");
        row("ann@localhost:3000", "Authorization");
        row("http://ann:secret@localhost", "Authorization");
        row("secret:secret@local host", "Authorization");
        row("ws://ann:secret@localhost:99999", "Authorization");
        row("ws://ann:sec@secret@localhost/#", "Authorization");
    }

    void typedProblem()
    {
        QFETCH(QString, text);
        QFETCH(QString, problem);

        const TypedAddress address = typedAddress(text);
        QVERIFY2(address.problem.contains(problem), qPrintable(address.problem));
        QVERIFY2(address.problem.endsWith(u'.'), qPrintable(address.problem));
        QVERIFY2(!address.problem.contains("secret"_L1), qPrintable(address.problem));
        for (const QChar c : address.problem)
            QVERIFY2(c.category() != QChar::Other_Control && c.category() != QChar::Other_Format,
                     qPrintable(address.problem));
        QCOMPARE(address.url, QUrl());
    }

    void passwordsAreNotShown()
    {
        const QUrl url(u"ws://ann:secret@localhost:3000/a"_s);
        QCOMPARE(addressText(url), u"ws://localhost:3000/a"_s);
        for (const char *bad : {"http://ann:secret@localhost", "ws://ann:secret@localhost/#x",
                                "ws://ann:secret@localhost:99999"}) {
            const QString said = ::addressProblem(QUrl(QString::fromLatin1(bad)));
            QVERIFY(!said.isEmpty());
            QVERIFY2(!said.contains("secret"_L1), qPrintable(said));
        }
    }

    void authority()
    {
        QCOMPARE(authorityText(QUrl(u"ws://localhost:3000/a?b"_s)), u"localhost:3000"_s);
        QCOMPARE(authorityText(QUrl(u"ws://[::1]:3000"_s)), u"[::1]:3000"_s);
        QCOMPARE(authorityText(QUrl(u"wss://example.org"_s)), u"example.org"_s);
    }

    void closeCodeNames()
    {
        QCOMPARE(closeCodeName(1000), u"normal closure"_s);
        QCOMPARE(closeCodeName(1009), u"message too big"_s);
        QCOMPARE(closeCodeName(4000), QString());
    }
};

QTEST_APPLESS_MAIN(tst_Address)
#include "tst_address.moc"
