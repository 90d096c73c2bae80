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
