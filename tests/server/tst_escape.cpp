// SPDX-License-Identifier: MIT
#include "escape.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

class EscapeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void escapes_data();
    void escapes();
    void everyDangerousCharacterIsEscaped();
    void cuts_data();
    void cuts();
};

void EscapeTest::escapes_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");

    QTest::newRow("empty") << QString() << QString();
    QTest::newRow("plain") << u"Hello, world!"_s << u"Hello, world!"_s;
    QTest::newRow("letters") << u"äé€漢😀"_s << u"äé€漢😀"_s;
    QTest::newRow("line feed") << u"a\nb"_s << u"a\\nb"_s;
    QTest::newRow("return, tab") << u"\r\t"_s << u"\\r\\t"_s;
    QTest::newRow("escape sequence") << u"\x1b[2J"_s << u"\\x1b[2J"_s;
    QTest::newRow("NUL") << QString(QChar(u'\0')) << u"\\x00"_s;
    QTest::newRow("DEL") << QString(QChar(0x7f)) << u"\\x7f"_s;
    QTest::newRow("C1: CSI") << QString(QChar(0x9b)) << u"\\x9b"_s;
    QTest::newRow("backslash") << u"\\n"_s << u"\\\\n"_s;
    QTest::newRow("right to left override") << u"a\u202eb"_s << u"a\\u{202e}b"_s;
    QTest::newRow("Arabic letter mark") << u"\u061c"_s << u"\\u{061c}"_s;
    QTest::newRow("outside the BMP") << QString::fromUcs4(U"\U000e0041") << u"\\u{e0041}"_s;
    QTest::newRow("high surrogate alone") << QString(QChar(0xd83d)) + u'x' << u"\\u{d83d}x"_s;
    QTest::newRow("low surrogate alone") << QString(QChar(0xde00)) << u"\\u{de00}"_s;
}

void EscapeTest::escapes()
{
    QFETCH(const QString, text);
    QTEST(escaped(text, 100), "expected");
}

void EscapeTest::everyDangerousCharacterIsEscaped()
{
    const QList<std::pair<char32_t, char32_t>> ranges = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c}, {0x200b, 0x200f},
        {0x2028, 0x202e}, {0x2060, 0x2064}, {0x2066, 0x2069}, {0xfeff, 0xfeff},
    };
    for (const auto &[first, last] : ranges) {
        for (char32_t character = first; character <= last; ++character) {
            const QString text{QChar(char16_t(character))};
            const QString result = escaped(text, 1);
            QVERIFY2(result.startsWith(u'\\'), qPrintable(QString::number(uint(character), 16)));
            QVERIFY(!result.contains(text));
        }
    }
}

void EscapeTest::cuts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("maxLength");
    QTest::addColumn<QString>("expected");

    QTest::newRow("shorter") << u"ab"_s << 3 << u"ab"_s;
    QTest::newRow("just fits") << u"abc"_s << 3 << u"abc"_s;
    QTest::newRow("one too many") << u"abcd"_s << 3 << u"abc…"_s;
    QTest::newRow("nothing fits") << u"a"_s << 0 << u"…"_s;
    QTest::newRow("empty") << QString() << 0 << QString();
    QTest::newRow("pair counts once") << u"😀😀"_s << 2 << u"😀😀"_s;
    QTest::newRow("not inside a pair") << u"a😀😀"_s << 2 << u"a😀…"_s;
    QTest::newRow("an escape counts once") << u"\n\n\n"_s << 2 << u"\\n\\n…"_s;
}

void EscapeTest::cuts()
{
    QFETCH(const QString, text);
    QFETCH(const int, maxLength);
    QTEST(escaped(text, maxLength), "expected");
}

QTEST_GUILESS_MAIN(EscapeTest)
#include "tst_escape.moc"
