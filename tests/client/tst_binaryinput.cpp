// SPDX-License-Identifier: MIT
#include "binaryinput.h"

#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

/// Bytes that are typed in hexadecimal or in Base64.
class tst_BinaryInput : public QObject
{
    Q_OBJECT

    static constexpr auto Hex = BinaryInput::Hex;
    static constexpr auto Base64 = BinaryInput::Base64;

private Q_SLOTS:
    void good_data()
    {
        QTest::addColumn<BinaryInput::Encoding>("encoding");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArray>("bytes");

        QTest::newRow("nothing") << Hex << QString() << QByteArray();
        QTest::newRow("digits") << Hex << u"00ffA5a5"_s << "\x00\xff\xa5\xa5"_ba;
        QTest::newRow("blanks") << Hex << u" 48 65\n6c6c\t6f\r\n"_s << "Hello"_ba;
        QTest::newRow("colons") << Hex << u"de:ad:be:ef"_s << "\xde\xad\xbe\xef"_ba;
        QTest::newRow("hyphens and commas") << Hex << u"de-ad, be; ef"_s << "\xde\xad\xbe\xef"_ba;
        QTest::newRow("0x") << Hex << u"0x48, 0X65,0x6C6c"_s << "Hell"_ba;
        QTest::newRow("\\x") << Hex << u"\\x48\\x65"_s << "He"_ba;
        QTest::newRow("only separators") << Hex << u" : "_s << QByteArray();

        // RFC 4648, section 10.
        QTest::newRow("f") << Base64 << u"Zg=="_s << "f"_ba;
        QTest::newRow("fo") << Base64 << u"Zm8="_s << "fo"_ba;
        QTest::newRow("foo") << Base64 << u"Zm9v"_s << "foo"_ba;
        QTest::newRow("foob") << Base64 << u"Zm9vYg=="_s << "foob"_ba;
        QTest::newRow("foobar") << Base64 << u"Zm9vYmFy"_s << "foobar"_ba;
        QTest::newRow("no padding") << Base64 << u"Zm9vYg"_s << "foob"_ba;
        QTest::newRow("usual") << Base64 << u"+/+/"_s << "\xfb\xff\xbf"_ba;
        QTest::newRow("for URLs") << Base64 << u"-_-_"_s << "\xfb\xff\xbf"_ba;
        QTest::newRow("in lines") << Base64 << u"Zm9v\nYm Fy\r\n"_s << "foobar"_ba;
    }

    void good()
    {
        QFETCH(const BinaryInput::Encoding, encoding);
        QFETCH(const QString, text);
        const BinaryInput::Decoded decoded = BinaryInput::decoded(text, encoding);
        QCOMPARE(decoded.problem, QString());
        QTEST(decoded.bytes, "bytes");
    }

    void everyByteComesBack()
    {
        QByteArray bytes;
        for (int i = 0; i < 256; ++i) {
            bytes += static_cast<char>(i);
            for (const auto option : {QByteArray::Base64Encoding, QByteArray::Base64UrlEncoding}) {
                const QString text = QString::fromLatin1(bytes.toBase64(option));
                QCOMPARE(BinaryInput::decoded(text, Base64).bytes, bytes);
            }
            const QString hex = QString::fromLatin1(bytes.toHex(':'));
            QCOMPARE(BinaryInput::decoded(hex, Hex).bytes, bytes);
        }
    }

    void wrong_data()
    {
        QTest::addColumn<BinaryInput::Encoding>("encoding");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("problem");

        const auto digit = u"This is no hexadecimal digit, at %1"_s;
        QTest::newRow("letter") << Hex << u"48 6g"_s
                                << u"The second digit of a byte is missing, at 1:5"_s;
        QTest::newRow("word") << Hex << u"hello"_s << digit.arg(u"1:1"_s);
        QTest::newRow("second line") << Hex << u"48\n65 x"_s << digit.arg(u"2:4"_s);
        QTest::newRow("odd") << Hex << u"486"_s
                             << u"The second digit of a byte is missing, at 1:4"_s;
        QTest::newRow("split") << Hex << u"4 8"_s
                               << u"The second digit of a byte is missing, at 1:2"_s;
        QTest::newRow("0x alone") << Hex << u"48 0x"_s
                                  << u"A hexadecimal digit is missing, at 1:6"_s;
        QTest::newRow("wide digits") << Hex << u"４８"_s << digit.arg(u"1:1"_s);

        QTest::newRow("one character") << Base64 << u"Z"_s << u"A character is missing, at 1:2"_s;
        QTest::newRow("half the padding")
            << Base64 << u"Zg="_s << u"A character is missing, at 1:4"_s;
        QTest::newRow("padding first")
            << Base64 << u"="_s << u"There is no place for padding, at 1:1"_s;
        QTest::newRow("too much padding")
            << Base64 << u"Zm8=="_s << u"There is no place for padding, at 1:5"_s;
        QTest::newRow("after padding")
            << Base64 << u"Zg==\nZg"_s << u"Nothing may follow the padding, at 2:1"_s;
        QTest::newRow("no Base64")
            << Base64 << u"Zm9v!"_s << u"This is no character of Base64, at 1:5"_s;
    }

    void wrong()
    {
        QFETCH(const BinaryInput::Encoding, encoding);
        QFETCH(const QString, text);
        BinaryInput input;
        input.setText(text);
        input.setEncoding(encoding);
        QTEST(input.problem(), "problem");
    }

    void itFollowsWhatIsTyped()
    {
        BinaryInput input;
        QSignalSpy changed(&input, &BinaryInput::changed);
        input.setText(u"4865"_s);
        QCOMPARE(input.size(), 2);
        QCOMPARE(input.bytes(), "He"_ba);
        input.setEncoding(BinaryInput::Base64);
        QCOMPARE(input.size(), 3);
        input.setText({});
        QCOMPARE(input.size(), 0);
        QCOMPARE(changed.size(), 3);
    }
};

QTEST_GUILESS_MAIN(tst_BinaryInput)
#include "tst_binaryinput.moc"
