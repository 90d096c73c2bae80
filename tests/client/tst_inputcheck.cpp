// SPDX-License-Identifier: MIT
#include "inputcheck.h"
#include "invisibles.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// What is said of a text before it is sent.
class tst_InputCheck : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sizeAndLines_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("lines");

        QTest::newRow("nothing") << QString() << 0;
        QTest::newRow("letters") << u"hello"_s << 1;
        QTest::newRow("all lengths of UTF-8") << u"a\u00e9€😀"_s << 1;
        QTest::newRow("NUL") << QString(QChar(0)) << 1;
        QTest::newRow("lines") << u"a\r\nb\n\u2028"_s << 3;
    }

    void sizeAndLines()
    {
        QFETCH(const QString, text);
        InputCheck check;
        check.setText(text);
        QCOMPARE(check.bytes(), text.toUtf8().size());
        QTEST(check.lines(), "lines");
    }

    void invisibleOnes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("expected");

        const auto row = [](const char *name, const QString &text, const QStringList &expected) {
            QTest::newRow(name) << text << expected;
        };
        row("none",
            u"plain, tab\tand\ntwo lines with é, €, 👩‍👧 and می\u200cخواهم"_s, {});
        row("blank at the end", u"word "_s, {u"a blank at the end"_s});
        row("blanks at the end", u"word \t "_s, {u"3 blanks at the end"_s});
        row("both ends", u" x\n"_s, {u"a blank at the beginning"_s, u"a line feed at the end"_s});
        row("line feed at the beginning", u"\nx"_s, {u"a line feed at the beginning"_s});
        row("no-break space", u"😀a\nbcd\u00a0e"_s, {u"no-break space (U+00A0) at 2:4"_s});
        row("characters are counted, not units", u"😀\u00a0"_s,
            {u"no-break space (U+00A0) at 1:2"_s});
        row("many", u"\u200ba\u200b\u200b"_s,
            {u"3 × zero-width space (U+200B), the first at 1:1"_s});
        row("byte order mark", u"\ufeff{}"_s, {u"byte order mark (U+FEFF) at 1:1"_s});
        row("bidi", u"a\u202eb"_s, {u"direction mark (U+202E) at 1:2"_s});
        row("CRLF", u"a\r\nb"_s, {u"carriage return (U+000D) at 1:2"_s});
        row("separators", u"\u2028\u2029"_s,
            {u"line separator (U+2028) at 1:1"_s, u"paragraph separator (U+2029) at 1:2"_s});
        row("NUL", u"a"_s + QChar(0), {u"NUL (U+0000) at 1:2"_s});
        row("tag", u"a\U000e0041"_s, {u"invisible character (U+E0041) at 1:2"_s});
        row("half a character", u"a"_s + QChar(0xd800) + u"b"_s,
            {u"half a character (U+D800) at 1:2"_s});
        row("six kinds", u"\u00a0\u2003\u200b\u202e\ufeff\u0001."_s,
            {u"no-break space (U+00A0) at 1:1"_s, u"special space (U+2003) at 1:2"_s,
             u"zero-width space (U+200B) at 1:3"_s, u"direction mark (U+202E) at 1:4"_s,
             u"2 other invisible characters"_s});
    }

    void invisibleOnes()
    {
        QFETCH(const QString, text);
        QFETCH(const QStringList, expected);
        QCOMPARE(invisiblesIn(text), expected);
        InputCheck check;
        check.setText(text);
        QTRY_COMPARE(check.invisible(), expected.join(u" · "_s));
        QCOMPARE(check.trailing(), trailingBlanks(text));
    }

    void jsonSaysWhere_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("place");

        QTest::newRow("good") << u" {\"a\": [1, 2.50, null]}"_s << QString();
        QTest::newRow("no JSON meant") << u"hello {"_s << QString();
        QTest::newRow("comma") << u"{\"a\": 1,}"_s << u"1:9"_s;
        QTest::newRow("second line") << u"[1,\n 2,\n x]"_s << u"3:2"_s;
        QTest::newRow("after characters of many bytes") << u"{\"€😀\": x}"_s << u"1:8"_s;
        QTest::newRow("ends too early") << u"[1, 2"_s << u"1:6"_s;
    }

    void jsonSaysWhere()
    {
        QFETCH(const QString, text);
        QFETCH(const QString, place);
        InputCheck check;
        QSignalSpy checked(&check, &InputCheck::checked);
        check.setText(text);
        QTRY_COMPARE(checked.size(), 1);
        if (place.isEmpty())
            QCOMPARE(check.json(), QString());
        else
            QVERIFY2(check.json().startsWith(u"Not JSON, at %1: "_s.arg(place)),
                     qPrintable(check.json()));
    }

    void nothingIsSaidWhileTyping()
    {
        InputCheck check;
        QSignalSpy checked(&check, &InputCheck::checked);
        for (const auto &text : {u"{"_s, u"{\""_s, u"{\"a"_s})
            check.setText(text);
        QCOMPARE(checked.size(), 0);
        QTRY_COMPARE(checked.size(), 1);
        QVERIFY(!check.json().isEmpty());
        // What is empty has nothing wrong at once.
        check.setText({});
        QCOMPARE(checked.size(), 2);
        QCOMPARE(check.json(), QString());
    }

    void whatIsTooLongIsNotLookedThrough()
    {
        InputCheck check;
        QSignalSpy checked(&check, &InputCheck::checked);
        check.setText(u'[' + QString(InputCheck::maxLength, QChar(0xa0)));
        QTRY_COMPARE(checked.size(), 1);
        QCOMPARE(check.invisible(), u"too long to be looked through"_s);
        QCOMPARE(check.json(), QString());
    }

    void halfCharactersCannotBeSent()
    {
        InputCheck check;
        QVERIFY(check.isSendable());
        check.setText(u"😀"_s);
        QVERIFY(check.isSendable());
        check.setText(u"😀"_s.first(1));
        QVERIFY(!check.isSendable());
        check.setText(u"😀"_s.last(1));
        QVERIFY(!check.isSendable());
    }
};

QTEST_GUILESS_MAIN(tst_InputCheck)
#include "tst_inputcheck.moc"
