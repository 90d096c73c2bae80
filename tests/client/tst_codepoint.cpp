// SPDX-License-Identifier: MIT
#include "codepoint.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_CodePoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCharacterIsRead()
    {
        for (char32_t c = 0; c <= 0x10ffff; ++c) {
            if (QChar::isSurrogate(c))
                continue;
            const QByteArray bytes = QStringView(QChar::fromUcs4(c)).toUtf8();
            const CodePoint character = CodePoint::at(bytes, 0);
            QVERIFY2(character.valid, bytes.toHex().constData());
            QCOMPARE(character.value, c);
            QCOMPARE(character.bytes, bytes.size());
        }
    }

    void whatIsNotUtf8IsOneByte_data()
    {
        QTest::addColumn<QByteArray>("bytes");

        QTest::newRow("continuation") << "\x80"_ba;
        QTest::newRow("overlong of 2") << "\xc1\xbf"_ba;
        QTest::newRow("overlong of 3") << "\xe0\x9f\xbf"_ba;
        QTest::newRow("overlong of 4") << "\xf0\x8f\xbf\xbf"_ba;
        QTest::newRow("surrogate") << "\xed\xa0\x80"_ba;
        QTest::newRow("beyond Unicode") << "\xf4\x90\x80\x80"_ba;
        QTest::newRow("five bytes") << "\xf8\x88\x80\x80\x80"_ba;
        QTest::newRow("cut") << "\xe2\x82"_ba;
        QTest::newRow("broken off") << "\xe2\x82."_ba;
        QTest::newRow("never") << "\xff"_ba;
    }

    void whatIsNotUtf8IsOneByte()
    {
        QFETCH(QByteArray, bytes);
        const CodePoint character = CodePoint::at(bytes, 0);
        QVERIFY(!character.valid);
        QCOMPARE(character.value, U'\ufffd');
        QCOMPARE(character.bytes, 1);
    }

    void columns_data()
    {
        QTest::addColumn<QString>("character");
        QTest::addColumn<int>("columns");

        QTest::newRow("Latin") << u"a"_s << 1;
        QTest::newRow("control, a picture") << u"\x1b"_s << 1;
        QTest::newRow("DEL, a picture") << u"\x7f"_s << 1;
        QTest::newRow("Cyrillic") << u"ж"_s << 1;
        QTest::newRow("combining acute") << u"\u0301"_s << 0;
        QTest::newRow("joiner") << u"\u200d"_s << 0;
        QTest::newRow("Han") << u"漢"_s << 2;
        QTest::newRow("Hangul") << u"한"_s << 2;
        QTest::newRow("emoji") << u"😀"_s << 2;
        QTest::newRow("bidi override, a mark") << u"\u202e"_s << 9;
        QTest::newRow("C1, a mark") << u"\u009b"_s << 9;
        QTest::newRow("line separator, a mark") << u"\u2028"_s << 9;
    }

    void columns()
    {
        QFETCH(QString, character);
        QFETCH(int, columns);
        QCOMPARE(CodePoint::at(character.toUtf8(), 0).columns(), columns);
    }
};

QTEST_APPLESS_MAIN(tst_CodePoint)
#include "tst_codepoint.moc"
