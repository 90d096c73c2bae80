// SPDX-License-Identifier: MIT
#include "textwrap.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_TextWrap : public QObject
{
    Q_OBJECT

    static QStringList wrapped(const QByteArray &text, int columns)
    {
        QStringList rows;
        for (qsizetype at = 0; at < text.size();) {
            const TextWrap row = TextWrap::next(text, at, text.size(), columns);
            rows += TextWrap::shown(QByteArrayView(text).sliced(at, row.end - at));
            at = row.end;
        }
        return rows;
    }

private Q_SLOTS:
    void rows_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("rows");

        QTest::newRow("nothing") << QString() << QStringList();
        QTest::newRow("fits") << u"0123456789"_s << QStringList{u"0123456789"_s};
        QTest::newRow("a letter too many")
            << u"0123456789a"_s << QStringList{u"0123456789"_s, u"a"_s};
        QTest::newRow("between words")
            << u"hello brave new world"_s << QStringList{u"hello "_s, u"brave new "_s, u"world"_s};
        QTest::newRow("a blank too early")
            << u"a 0123456789"_s << QStringList{u"a 01234567"_s, u"89"_s};
        QTest::newRow("wide letters") << u"漢漢漢漢漢漢"_s << QStringList{u"漢漢漢漢漢"_s, u"漢"_s};
        QTest::newRow("marks stay with their letter")
            << u"012345678e\u0301e\u0301"_s << QStringList{u"012345678e\u0301"_s, u"e\u0301"_s};
        QTest::newRow("a byte order mark is seen") << u"\ufeffa"_s << QStringList{u"⟨U+FEFF⟩a"_s};
        QTest::newRow("bidi overrides")
            << u"\u202ea\u202e"_s << QStringList{u"⟨U+202E⟩a"_s, u"⟨U+202E⟩"_s};
        QTest::newRow("tabs") << u"a\tb"_s << QStringList{u"a       b"_s};
        QTest::newRow("a tab at the end")
            << u"0123456\ta\tb"_s << QStringList{u"0123456 "_s, u"a       b"_s};
    }

    void rows()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, rows);
        QCOMPARE(wrapped(text.toUtf8(), 10), rows);
    }

    void aRowHasACharacterAtLeast()
    {
        QCOMPARE(wrapped("漢a\xf0\x9f\x98\x80"_ba, 1).size(), 3);
        QCOMPARE(wrapped("abc"_ba, 0).size(), 3);
    }

    void whatIsNotUtf8IsReplaced()
    {
        QCOMPARE(TextWrap::shown("a\xff\xc3"_ba), u"a\ufffd\ufffd"_s);
        QCOMPARE(TextWrap::shown("\t\xff"_ba), u"        \ufffd"_s);
    }

    void towersOfMarksAreTakenDown()
    {
        const QByteArray tower = "e"_ba + u"\u0301"_s.repeated(10'000).toUtf8();
        const QStringList rows = wrapped(tower, 40);
        for (const QString &row : rows)
            QVERIFY(row.size() <= 40 * (TextWrap::maxMarks + 1));
        QCOMPARE(rows.join(QString()).size(), 10'001);
    }

    void megabytesWithoutABlankAreManyRows()
    {
        const QByteArray text(4 * 1024 * 1024, 'a');
        qsizetype rows = 0;
        for (qsizetype at = 0; at < text.size(); ++rows)
            at = TextWrap::next(text, at, text.size(), 128).end;
        QCOMPARE(rows, text.size() / 128);
    }
};

QTEST_APPLESS_MAIN(tst_TextWrap)
#include "tst_textwrap.moc"
