// SPDX-License-Identifier: MIT
#include "hexdump.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_HexDump : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lines()
    {
        const HexDump dump("Hello world\x00\xff\x7f~ next\n"_ba);
        QCOMPARE(dump.lineCount(), 2);
        QCOMPARE(dump.offset(0), u"00000000"_s);
        QCOMPARE(dump.hex(0), u"48 65 6c 6c 6f 20 77 6f  72 6c 64 00 ff 7f 7e 20"_s);
        QCOMPARE(dump.ascii(0), u"Hello world...~ "_s);
        QCOMPARE(dump.offset(1), u"00000010"_s);
        QCOMPARE(dump.hex(1).trimmed(), u"6e 65 78 74 0a"_s);
        QCOMPARE(dump.ascii(1), u"next."_s);
    }

    void everyLineIsAsWideAsAFullOne()
    {
        for (const int width : {4, 8, 16, 32}) {
            for (int size = 1; size <= width; ++size) {
                const HexDump dump(QByteArray(size, 'x'), width);
                QCOMPARE(dump.hex(0).size(), HexDump::hexColumns(width));
                QCOMPARE(dump.ascii(0).size(), size);
            }
        }
    }

    void lineCount_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("lines");

        QTest::newRow("nothing") << 0 << 0;
        QTest::newRow("a byte") << 1 << 1;
        QTest::newRow("a line") << 16 << 1;
        QTest::newRow("a line and a byte") << 17 << 2;
    }

    void lineCount()
    {
        QFETCH(int, size);
        QFETCH(int, lines);
        QCOMPARE(HexDump(QByteArray(size, 'x')).lineCount(), lines);
    }

    void anyLineOfALargePayloadIsThere()
    {
        QByteArray bytes(16 * 1024 * 1024, '\0');
        bytes.back() = '!';
        const HexDump dump(bytes);
        QCOMPARE(dump.lineCount(), 1024 * 1024);
        QCOMPARE(dump.offset(1024 * 1024 - 1), u"00fffff0"_s);
        QCOMPARE(dump.ascii(1024 * 1024 - 1), u"...............!"_s);
    }

    void everyByteIsSeen()
    {
        QByteArray bytes;
        for (int byte = 0; byte < 256; ++byte)
            bytes += static_cast<char>(byte);
        const HexDump dump(bytes);
        QByteArray read;
        for (qsizetype line = 0; line < dump.lineCount(); ++line)
            read += QByteArray::fromHex(dump.hex(line).toLatin1());
        QCOMPARE(read, bytes);
    }
};

QTEST_APPLESS_MAIN(tst_HexDump)
#include "tst_hexdump.moc"
