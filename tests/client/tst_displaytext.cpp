// SPDX-License-Identifier: MIT
#include "displaytext.h"
#include "entry.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_DisplayText : public QObject
{
    Q_OBJECT

    static Entry received(const QByteArray &payload, Entry::Kind kind = Entry::Text)
    {
        return {Entry::Received, kind, QDateTime(), payload};
    }

private Q_SLOTS:
    void visible_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("shown");

        QTest::newRow("plain") << u"hello"_s << u"hello"_s;
        QTest::newRow("empty") << QString() << QString();
        QTest::newRow("markup") << u"<img src='x'><b>"_s << u"<img src='x'><b>"_s;
        QTest::newRow("line feed and tab stay") << u"a\n\tb"_s << u"a\n\tb"_s;
        QTest::newRow("carriage return") << u"a\r\nb"_s << u"a␍\nb"_s;
        QTest::newRow("escape") << u"\x1b[31mred"_s << u"␛[31mred"_s;
        QTest::newRow("NUL and DEL") << u"a"_s + QChar(0) + QChar(0x7f) << u"a␀␡"_s;
        QTest::newRow("C1") << u"\u009b31m"_s << u"⟨U+009B⟩31m"_s;
        QTest::newRow("right-to-left override") << u"\u202egnp.exe"_s << u"⟨U+202E⟩gnp.exe"_s;
        QTest::newRow("isolates") << u"\u2066a\u2069"_s << u"⟨U+2066⟩a⟨U+2069⟩"_s;
        QTest::newRow("no width") << u"a\u200bb\ufeffc"_s << u"a⟨U+200B⟩b⟨U+FEFF⟩c"_s;
        QTest::newRow("line separator") << u"a\u2028b"_s << u"a⟨U+2028⟩b"_s;
        QTest::newRow("tag") << u"a\U000e0041"_s << u"a⟨U+E0041⟩"_s;
        QTest::newRow("every plane") << u"aé€😀\U0010fffd"_s << u"aé€😀\U0010fffd"_s;
        QTest::newRow("family of emoji") << u"👩\u200d👧"_s << u"👩\u200d👧"_s;
        QTest::newRow("Hebrew") << u"שלום"_s << u"שלום"_s;
    }

    void visible()
    {
        QFETCH(QString, message);
        QFETCH(QString, shown);

        const DisplayText display = DisplayText::of(received(message.toUtf8()));
        QCOMPARE(display.text, shown);
        QCOMPARE(display.cut, false);
        QCOMPARE(DisplayText::whole(received(message.toUtf8())), shown);
    }

    void binary_data()
    {
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<QString>("shown");

        QTest::newRow("text") << "hello"_ba << u"hello"_s;
        QTest::newRow("bytes") << QByteArray("\x00\xff\x10", 3) << u"00 ff 10"_s;
        QTest::newRow("text with controls") << "a\x1b"_ba << u"61 1b"_s;
        QTest::newRow("half a code point") << "a\xe2\x82"_ba << u"61 e2 82"_s;
        QTest::newRow("empty") << QByteArray() << QString();
    }

    void binary()
    {
        QFETCH(QByteArray, payload);
        QFETCH(QString, shown);
        QCOMPARE(DisplayText::of(received(payload, Entry::Binary)).text, shown);
    }

    void longMessagesAreCutForShow_data()
    {
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<Entry::Kind>("kind");
        QTest::addColumn<bool>("cut");

        const qsizetype limit = DisplayText::maxLength;
        QTest::newRow("at the limit") << QByteArray(limit, 'a') << Entry::Text << false;
        QTest::newRow("beyond") << QByteArray(limit + 1, 'a') << Entry::Text << true;
        QTest::newRow("1 MiB") << QByteArray(1024 * 1024, 'a') << Entry::Text << true;
        // 3 bytes each: the place where reading stops is inside a code point
        QTest::newRow("1 M euros") << u"€"_s.repeated(1'000'000).toUtf8() << Entry::Text << true;
        QTest::newRow("emoji") << (u"a"_s + u"😀"_s.repeated(10'000)).toUtf8() << Entry::Text
                               << true;
        QTest::newRow("lines at the limit")
            << "a\n"_ba.repeated(DisplayText::maxLines - 1) << Entry::Text << false;
        QTest::newRow("lines beyond")
            << "a\n"_ba.repeated(DisplayText::maxLines) << Entry::Text << true;
        QTest::newRow("binary") << QByteArray(1024 * 1024, '\xff') << Entry::Binary << true;
    }

    void longMessagesAreCutForShow()
    {
        QFETCH(QByteArray, payload);
        QFETCH(Entry::Kind, kind);
        QFETCH(bool, cut);

        const DisplayText display = DisplayText::of(received(payload, kind));
        QCOMPARE(display.cut, cut);
        QVERIFY(display.text.size() <= DisplayText::maxLength);
        QVERIFY(display.text.count(u'\n') < DisplayText::maxLines);
        QVERIFY(!display.text.isEmpty());
        QVERIFY(!display.text.back().isHighSurrogate());
        if (kind == Entry::Text)
            QVERIFY(QString::fromUtf8(payload).startsWith(display.text));
    }

    void wholeIsNeverCut()
    {
        const QByteArray payload = "line\n"_ba.repeated(10'000);
        QCOMPARE(DisplayText::whole(received(payload)).toUtf8(), payload);
        QCOMPARE(DisplayText::whole(received(QByteArray(10'000, '\xff'), Entry::Binary)).size(),
                 10'000 * 3 - 1);
    }
};

QTEST_APPLESS_MAIN(tst_DisplayText)
#include "tst_displaytext.moc"
