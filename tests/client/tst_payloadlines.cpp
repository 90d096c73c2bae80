// SPDX-License-Identifier: MIT
#include "payloadlines.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_PayloadLines : public QObject
{
    Q_OBJECT

    static QString textOf(const PayloadLines &lines, int row)
    {
        return lines.index(row).data(PayloadLines::TextRole).toString();
    }

    static int depthOf(const PayloadLines &lines, int row)
    {
        return lines.index(row).data(PayloadLines::DepthRole).toInt();
    }

    /// All rows, indented.
    static QStringList shown(const PayloadLines &lines)
    {
        QStringList rows;
        for (int i = 0; i < lines.count(); ++i)
            rows += QString(2 * depthOf(lines, i), u' ') + textOf(lines, i);
        return rows;
    }

    static QStringList numbers(const PayloadLines &lines)
    {
        QStringList numbers;
        for (int i = 0; i < lines.count(); ++i)
            numbers += lines.index(i).data(PayloadLines::NumberRole).toString();
        return numbers;
    }

    static constexpr auto modelMode = QAbstractItemModelTester::FailureReportingMode::QtTest;

private Q_SLOTS:
    void autoPicks_data()
    {
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<bool>("isBinary");
        QTest::addColumn<PayloadLines::Mode>("mode");

        QTest::newRow("words") << "hello"_ba << false << PayloadLines::Text;
        QTest::newRow("object") << "{\"a\":1}"_ba << false << PayloadLines::Json;
        QTest::newRow("array after blanks") << " \r\n\t[1]"_ba << false << PayloadLines::Json;
        QTest::newRow("a number is words") << "12"_ba << false << PayloadLines::Text;
        QTest::newRow("broken JSON") << "{\"a\":1"_ba << false << PayloadLines::Text;
        QTest::newRow("binary") << "\x01\x02"_ba << true << PayloadLines::Hex;
        QTest::newRow("binary JSON") << "{\"a\":1}"_ba << true << PayloadLines::Hex;
        QTest::newRow("nothing") << QByteArray() << false << PayloadLines::Text;
    }

    void autoPicks()
    {
        QFETCH(QByteArray, payload);
        QFETCH(bool, isBinary);
        QFETCH(PayloadLines::Mode, mode);

        PayloadLines lines;
        const QAbstractItemModelTester tester(&lines, modelMode);
        lines.setBinary(isBinary);
        lines.setPayload(payload);
        QCOMPARE(lines.mode(), PayloadLines::Auto);
        QCOMPARE(lines.shownMode(), mode);
        QCOMPARE(lines.problem().isEmpty(), !payload.isEmpty());
    }

    void textIsInLines()
    {
        PayloadLines lines;
        lines.setColumns(24); // 21 beside the numbers
        lines.setPayload("first\n\nthe third line is so long\t!\n\x1b[31mred\r\n"_ba);
        QCOMPARE(shown(lines),
                 (QStringList{u"first"_s, QString(), u"the third line is so "_s, u"long    !"_s,
                              u"␛[31mred␍"_s, QString()}));
        QCOMPARE(numbers(lines), (QStringList{u"1"_s, u"2"_s, u"3"_s, QString(), u"4"_s, u"5"_s}));
        QCOMPARE(lines.numberColumns(), 3);
        QCOMPARE(lines.rowAt(lines.offsetAt(3)), 3);
        QCOMPARE(lines.rowAt(0), 0);
    }

    void whatIsNotJsonSaysWhere()
    {
        PayloadLines lines;
        const QSignalSpy spy(&lines, &PayloadLines::rowsChanged);
        lines.setPayload("{\n \"a\": <b>\n}"_ba);
        QVERIFY(lines.problem().isEmpty());
        lines.setMode(PayloadLines::Json);
        QCOMPARE(lines.shownMode(), PayloadLines::Text);
        QVERIFY2(lines.problem().contains("line 2, column 7"_L1), qPrintable(lines.problem()));
        QVERIFY(!lines.problem().contains("<b>"_L1));
        QCOMPARE(lines.count(), 3);
        lines.setPayload("{\"a\":1}"_ba);
        QCOMPARE(lines.shownMode(), PayloadLines::Json);
        QVERIFY(lines.problem().isEmpty());
        QCOMPARE(spy.size(), 3);
    }

    void jsonIsInLines()
    {
        PayloadLines lines;
        const QAbstractItemModelTester tester(&lines, modelMode);
        lines.setColumns(33); // 30 beside the numbers
        lines.setPayload(R"({"n":1.0,"text":"a value of many words that goes on","l":[[]]})");
        QCOMPARE(shown(lines),
                 (QStringList{u"{"_s, u"  \"n\": 1.0,"_s, u"  \"text\": \"a value of many "_s,
                              u"    words that goes on\","_s, u"  \"l\": ["_s, u"    []"_s,
                              u"  ]"_s, u"}"_s}));
        QCOMPARE(numbers(lines),
                 (QStringList{u"1"_s, u"2"_s, u"3"_s, QString(), u"4"_s, u"5"_s, u"6"_s, u"7"_s}));
        const QVariantList spans = lines.index(1).data(PayloadLines::SpansRole).toList();
        QCOMPARE(spans.size(), 4);
        QCOMPARE(spans.at(0).toMap().value(u"text"_s).toString(), u"\"n\""_s);
        QCOMPARE(spans.at(0).toMap().value(u"kind"_s).toInt(), PayloadType::Key);
        QCOMPARE(spans.at(2).toMap().value(u"kind"_s).toInt(), PayloadType::Number);
    }

    void rowsKeepToTheirColumns_data()
    {
        QTest::addColumn<QByteArray>("payload");

        const QByteArray letters(20'000, 'x');
        QTest::newRow("a long line") << letters;
        QTest::newRow("a long string") << "{\"k\":\"" + letters + "\"}";
        QTest::newRow("a long key") << "{\"" + letters + "\":{\"" + letters + "\":[1]}}";
        QTest::newRow("a long number") << '[' + QByteArray(20'000, '1') + ']';
        QTest::newRow("deep") << QByteArray(1000, '[') + QByteArray(1000, ']');
        QTest::newRow("deep and long")
            << QByteArray(1000, '[') + '"' + letters + '"' + QByteArray(1000, ']');
        QTest::newRow("marks") << u"\u202e"_s.repeated(2'000).toUtf8();
        QTest::newRow("marks in JSON") << "[\"" + u"\u202e"_s.repeated(2'000).toUtf8() + "\"]";
    }

    void rowsKeepToTheirColumns()
    {
        QFETCH(QByteArray, payload);
        for (const int columns : {PayloadLines::minColumns, 80, PayloadLines::maxColumns}) {
            PayloadLines lines;
            lines.setColumns(columns);
            lines.setPayload(payload);
            const int room = columns - lines.numberColumns();
            for (int i = 0; i < lines.count(); ++i) {
                const auto taken = 2 * depthOf(lines, i) + textOf(lines, i).size();
                QVERIFY2(taken <= room, qPrintable(textOf(lines, i)));
            }
        }
    }

    void wrappedJsonIsWhole()
    {
        const QByteArray key(500, 'k');
        const QByteArray value = "word "_ba.repeated(200) + u"漢字é"_s.repeated(50).toUtf8();
        const QByteArray payload = "{\"" + key + "\":\"" + value + "\"}";
        for (int columns = PayloadLines::minColumns; columns < 120; ++columns) {
            PayloadLines lines;
            lines.setColumns(columns);
            lines.setPayload(payload);
            QString text;
            for (int i = 0; i < lines.count(); ++i)
                text += textOf(lines, i);
            QCOMPARE(text.toUtf8().replace("\": \"", "\":\""), payload);
        }
    }

    void folding()
    {
        PayloadLines lines;
        const QAbstractItemModelTester tester(&lines, modelMode);
        lines.setPayload(R"({"a":{"b":[1,2],"c":3},"d":[{}],"e":{"f":[0]}})");
        const QStringList all = shown(lines);
        QCOMPARE(all.size(), 17);
        QVERIFY(lines.isFoldable(0));
        QVERIFY(lines.isFoldable(2));
        QVERIFY(!lines.isFoldable(3));
        QVERIFY(!lines.isFoldable(9)); // {}
        QVERIFY(!lines.isFoldable(-1));
        QVERIFY(!lines.isFoldable(17));

        lines.toggleFold(2);
        QVERIFY(lines.isFolded(2));
        QCOMPARE(textOf(lines, 2), u"\"b\": [ 2 items ],"_s);
        QCOMPARE(textOf(lines, 3), u"\"c\": 3"_s);
        QCOMPARE(lines.count(), 14);
        lines.toggleFold(1);
        QCOMPARE(textOf(lines, 1), u"\"a\": { 2 keys },"_s);
        QCOMPARE(textOf(lines, 2), u"\"d\": ["_s);
        QCOMPARE(numbers(lines).at(2), u"9"_s);
        lines.toggleFold(1);
        QVERIFY(lines.isFolded(2)); // what was folded within still is
        lines.toggleFold(2);
        QCOMPARE(shown(lines), all);

        lines.toggleFold(11);
        QCOMPARE(textOf(lines, 11), u"\"e\": { 1 key }"_s);
        lines.toggleFold(0);
        QCOMPARE(shown(lines), QStringList{u"{ 3 keys }"_s});
        lines.toggleFold(0);
        lines.toggleFold(3); // no object: nothing happens
        QCOMPARE(lines.count(), 13);
        lines.setColumns(40);
        QVERIFY(lines.isFolded(11));
        lines.toggleFold(11);
        QCOMPARE(shown(lines), all);
    }

    void parents()
    {
        PayloadLines lines;
        lines.setPayload(R"({"a":{"b":[1,2]},"c":3})");
        QCOMPARE(lines.parentOf(0), -1);
        QCOMPARE(lines.parentOf(1), 0);
        QCOMPARE(lines.parentOf(4), 2);
        QCOMPARE(lines.parentOf(5), 2); // its end
        QCOMPARE(lines.parentOf(6), 1);
        QCOMPARE(lines.parentOf(7), 0);
        QCOMPARE(lines.parentOf(99), -1);
    }

    void bytesAreInLines()
    {
        PayloadLines lines;
        const QAbstractItemModelTester tester(&lines, modelMode);
        lines.setBinary(true);
        lines.setPayload(QByteArray("\x00<b>\xff", 5) + QByteArray(15, 'z'));
        QCOMPARE(lines.count(), 2);
        QCOMPARE(numbers(lines), (QStringList{u"00000000"_s, u"00000010"_s}));
        QCOMPARE(textOf(lines, 0),
                 u"00 3c 62 3e ff 7a 7a 7a  7a 7a 7a 7a 7a 7a 7a 7a  .<b>.zzzzzzzzzzz"_s);
        lines.setColumns(60);
        QCOMPARE(textOf(lines, 0), u"00 3c 62 3e ff 7a 7a 7a  .<b>.zzz"_s);
        QCOMPARE(lines.rowAt(lines.offsetAt(2)), 2);
    }

    void differencesAreShown()
    {
        PayloadLines lines;
        const QAbstractItemModelTester tester(&lines, modelMode);
        lines.setPayload(R"({"id":2,"s":"new","o":{"b":1,"c":2}})");
        QVERIFY(!lines.comparable());
        lines.setPrevious("{\"other\":1}");
        QVERIFY(!lines.comparable());
        lines.setComparing(true);
        QCOMPARE(lines.changeCount(), 0);
        lines.setPrevious(R"({"id":1,"s":"old","o":{"a":0,"b":1}})");
        QVERIFY(lines.comparable());
        QCOMPARE(lines.changeCount(), 4);
        QCOMPARE(shown(lines),
                 (QStringList{u"{"_s, u"  \"id\": 2,  was 1"_s, u"  \"s\": \"new\",  was \"old\""_s,
                              u"  \"o\": {"_s, u"    \"a\": 0,"_s, u"    \"b\": 1,"_s,
                              u"    \"c\": 2"_s, u"  }"_s, u"}"_s}));
        QList<int> changes;
        for (int i = 0; i < lines.count(); ++i)
            changes += lines.index(i).data(PayloadLines::ChangeRole).toInt();
        using enum PayloadType::Change;
        QCOMPARE(changes,
                 (QList<int>{Same, Changed, Changed, Same, Removed, Same, Added, Same, Same}));
        QCOMPARE(numbers(lines).at(4), QString());
        // A folded object says that something within differs.
        lines.toggleFold(3);
        QCOMPARE(lines.index(3).data(PayloadLines::ChangeRole).toInt(), int(Changed));
        lines.setComparing(false);
        QVERIFY(lines.comparable());
        QCOMPARE(lines.count(), 8);
        lines.setMode(PayloadLines::Text);
        QVERIFY(!lines.comparable());
    }

    void aFormerValueHasARowWhereThereIsNoRoom()
    {
        PayloadLines lines;
        lines.setColumns(33);
        lines.setComparing(true);
        lines.setPrevious("{\"k\":\"" + QByteArray(100, 'a') + "\"}");
        lines.setPayload("{\"k\":\"new\"}");
        QCOMPARE(lines.count(), 4);
        QCOMPARE(textOf(lines, 1), u"\"k\": \"new\""_s);
        QVERIFY(textOf(lines, 2).startsWith("was \"aaa"_L1));
        QVERIFY(textOf(lines, 2).endsWith(u'…'));
        QCOMPARE(lines.index(2).data(PayloadLines::ChangeRole).toInt(), int(PayloadType::Changed));
    }

    void tooManyLinesAreCutAndSaidSo()
    {
        PayloadLines lines;
        lines.setPayload(QByteArray(TextRows::defaultMaxRows + 10, '\n'));
        QCOMPARE(lines.count(), TextRows::defaultMaxRows);
        QVERIFY2(lines.problem().contains("1,000,000 of 1,000,011"_L1),
                 qPrintable(lines.problem()));
        lines.setPayload('[' + "0,"_ba.repeated(JsonLines::defaultMaxLines) + "0]");
        QCOMPARE(lines.shownMode(), PayloadLines::Json);
        QCOMPARE(lines.count(), JsonLines::defaultMaxLines);
        QVERIFY2(lines.problem().contains("1,000,000 of 1,000,003"_L1),
                 qPrintable(lines.problem()));
        lines.toggleFold(0);
        QCOMPARE(lines.count(), 1);
        lines.toggleFold(0);
        QCOMPARE(lines.count(), JsonLines::defaultMaxLines);
    }

    void largePayloadsOpenSoon_data()
    {
        QTest::addColumn<QByteArray>("payload");
        QTest::addColumn<PayloadLines::Mode>("mode");

        const int size = 4 * 1024 * 1024;
        QTest::newRow("letters") << QByteArray(size, 'x') << PayloadLines::Text;
        QTest::newRow("Hebrew") << u"שלום "_s.repeated(size / 9).toUtf8() << PayloadLines::Text;
        QTest::newRow("line feeds") << QByteArray(size, '\n') << PayloadLines::Text;
        QTest::newRow("bytes") << QByteArray(size, '\xff') << PayloadLines::Hex;
        QTest::newRow("a string") << "[\"" + QByteArray(size, 'x') + "\"]" << PayloadLines::Json;
        QTest::newRow("numbers") << '[' + "0,"_ba.repeated(size / 2) + "0]" << PayloadLines::Json;
    }

    void largePayloadsOpenSoon()
    {
        QFETCH(QByteArray, payload);
        QFETCH(PayloadLines::Mode, mode);

        PayloadLines lines;
        QElapsedTimer timer;
        timer.start();
        lines.setPayload(payload);
        lines.setMode(mode);
        const qint64 elapsed = timer.elapsed();
        qInfo("%d rows in %lld ms", lines.count(), static_cast<long long>(elapsed));
        // Generous, for a build without optimisation on a busy machine.
        QVERIFY(elapsed < 30'000);
        QCOMPARE(lines.shownMode(), mode);
        QVERIFY(textOf(lines, lines.count() - 1).size() <= PayloadLines::defaultColumns);
    }
};

QTEST_GUILESS_MAIN(tst_PayloadLines)
#include "tst_payloadlines.moc"
