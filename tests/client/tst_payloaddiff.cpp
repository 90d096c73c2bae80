// SPDX-License-Identifier: MIT
#include "payloaddiff.h"

#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_PayloadDiff : public QObject
{
    Q_OBJECT

    static QString former(const JsonLines &before, int line)
    {
        const JsonLines::Line &words = before.lines().at(line);
        return QString::fromUtf8(before.text().sliced(words.valueAt, words.valueSize));
    }

    /// The difference as lines: "+", "-" or "~" and the words; "~" has what was after them.
    static QStringList shown(const QByteArray &beforeText, const QByteArray &nowText)
    {
        const JsonLines before(beforeText);
        const JsonLines now(nowText);
        const PayloadDiff diff(now, before);
        QStringList lines;
        for (const PayloadDiff::Line &line : diff.lines()) {
            const JsonLines &source = line.change == PayloadType::Removed ? before : now;
            QString text(1, QStringView(u" +-~").at(line.change));
            for (const PayloadSpan &span : source.spans(line.line))
                text += span.text;
            if (line.former >= 0)
                text += u" was "_s + former(before, line.former);
            lines += text;
        }
        return lines;
    }

private Q_SLOTS:
    void sameShape_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("now");
        QTest::addColumn<bool>("same");

        const auto row = [](const char *before, const char *now, bool same) {
            QTest::addRow("%s and %s", before, now)
                << QByteArray(before) << QByteArray(now) << same;
        };
        row(R"({"a":1,"b":"x"})", R"({"a":2,"b":"y"})", true);
        row(R"({"a":1,"b":"x"})", R"({"b":"y","a":2})", true);
        row(R"({"a":{"x":1}})", R"({"a":{"y":[]}})", true);
        row(R"({"a":[]})", R"({"a":[1,2]})", true);
        row(R"({"a":true})", R"({"a":false})", true);
        row(R"({"a":null})", R"({"a":{}})", true);
        row(R"({"a":1})", R"({"a":null})", true);
        row(R"({"a":1})", R"({"a":"1"})", false);
        row(R"({"a":1})", R"({"a":true})", false);
        row(R"({"a":[]})", R"({"a":{}})", false);
        row(R"({"a":1})", R"({"b":1})", false);
        row(R"({"a":1})", R"({"a":1,"b":1})", false);
        row(R"({"a":1,"a":2})", R"({"a":3,"a":4})", true);
        row(R"({"a":1,"a":"2"})", R"({"a":"3","a":4})", false);
        row(R"({"a":1,"a":2})", R"({"a":1,"b":2})", false);
        row("{}", "{}", true);
        row("{}", "[]", false);
        row(R"([1,"a",{}])", R"([2,"b",{"k":1}])", true);
        row("[1]", "[1,2]", false);
        row("[1]", R"(["1"])", false);
        row("1", "2", true);
        row("1", R"("1")", false);
        row("1", "{}", false);
        row("{", "{}", false);
        row("{}", "hello", false);
    }

    void sameShape()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, now);
        QFETCH(bool, same);
        QCOMPARE(PayloadDiff::sameShape(JsonLines(now), JsonLines(before)), same);
        QCOMPARE(PayloadDiff::sameShape(JsonLines(before), JsonLines(now)), same);
    }

    void longMessagesAreNotCompared()
    {
        const QByteArray text = '[' + "0,"_ba.repeated(PayloadDiff::maxLines) + "0]";
        const JsonLines tooLong(text);
        QVERIFY(!PayloadDiff::sameShape(tooLong, tooLong));
        const JsonLines cut("[1,2,3]", 2);
        QVERIFY(!PayloadDiff::sameShape(cut, cut));
    }

    void nothingDiffers()
    {
        const JsonLines json(R"({"a":[1,{"b":null}],"c":{},"a":-0})");
        const PayloadDiff diff(json, json);
        QCOMPARE(diff.changeCount(), 0);
        QCOMPARE(diff.lines().size(), json.lines().size());
        for (int i = 0; i < json.lineCount(); ++i) {
            QCOMPARE(diff.lines().at(i).line, i);
            QCOMPARE(diff.lines().at(i).last, json.lines().at(i).last);
            QCOMPARE(diff.lines().at(i).change, PayloadType::Same);
        }
    }

    void lines_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("now");
        QTest::addColumn<QStringList>("shown");

        QTest::newRow("changed") << R"({"id":1,"on":true})"_ba
                                 << R"({"id":2,"on":true})"_ba
                                 << QStringList{u" {"_s, u"~\"id\": 2, was 1"_s, u" \"on\": true"_s,
                                                u" }"_s};
        QTest::newRow("another order is no difference")
            << R"({"id":1,"on":true})"_ba
            << R"({"on":true,"id":1})"_ba
            << QStringList{u" {"_s, u" \"on\": true,"_s, u" \"id\": 1"_s, u" }"_s};
        QTest::newRow("as it is written")
            << R"({"n":1})"_ba
            << R"({"n":1.0})"_ba << QStringList{u" {"_s, u"~\"n\": 1.0 was 1"_s, u" }"_s};
        QTest::newRow("added and removed within")
            << R"({"o":{"a":1,"b":2,"c":3}})"_ba
            << R"({"o":{"a":1,"c":3,"d":[4]}})"_ba
            << QStringList{u" {"_s,         u" \"o\": {"_s, u" \"a\": 1,"_s, u"-\"b\": 2,"_s,
                           u" \"c\": 3,"_s, u"+\"d\": ["_s, u"+4"_s,         u"+]"_s,
                           u" }"_s,         u" }"_s};
        QTest::newRow("another in its place")
            << R"({"a":1,"b":2,"z":0})"_ba
            << R"({"a":1,"c":2,"z":0})"_ba
            << QStringList{u" {"_s,         u" \"a\": 1,"_s, u"-\"b\": 2,"_s,
                           u"+\"c\": 2,"_s, u" \"z\": 0"_s,  u" }"_s};
        QTest::newRow("another at the end")
            << R"({"a":1,"b":2})"_ba
            << R"({"a":1,"c":2})"_ba
            << QStringList{u" {"_s, u" \"a\": 1,"_s, u"-\"b\": 2"_s, u"+\"c\": 2"_s, u" }"_s};
        QTest::newRow("a longer list")
            << R"({"l":[1,2]})"_ba
            << R"({"l":[1,3,4]})"_ba
            << QStringList{u" {"_s, u" \"l\": ["_s, u" 1,"_s, u"~3, was 2"_s,
                           u"+4"_s, u" ]"_s,        u" }"_s};
        QTest::newRow("a shorter list")
            << R"({"l":[1,{"x":2}]})"_ba
            << R"({"l":[1]})"_ba << QStringList{u" {"_s,        u" \"l\": ["_s, u" 1"_s, u"-{"_s,
                                                u"-\"x\": 2"_s, u"-}"_s,        u" ]"_s, u" }"_s};
        QTest::newRow("emptied") << R"({"l":[1]})"_ba
                                 << R"({"l":[]})"_ba
                                 << QStringList{u" {"_s, u"-\"l\": ["_s,  u"-1"_s,
                                                u"-]"_s, u"+\"l\": []"_s, u" }"_s};
        QTest::newRow("null became an object")
            << R"({"e":null})"_ba
            << R"({"e":{"m":"x"}})"_ba
            << QStringList{u" {"_s, u"-\"e\": null"_s, u"+\"e\": {"_s, u"+\"m\": \"x\""_s, u"+}"_s,
                           u" }"_s};
        QTest::newRow("the second of a key with the second")
            << R"({"a":1,"a":2})"_ba
            << R"({"a":1,"a":3})"_ba
            << QStringList{u" {"_s, u" \"a\": 1,"_s, u"~\"a\": 3 was 2"_s, u" }"_s};
        QTest::newRow("only a value") << "1"_ba
                                      << "2"_ba << QStringList{u"~2 was 1"_s};
    }

    void lines()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, now);
        QFETCH(QStringList, shown);
        QCOMPARE(tst_PayloadDiff::shown(before, now), shown);
    }

    void endsAreThoseOfTheDifference()
    {
        const JsonLines before(R"({"o":{"gone":[1,2]},"n":1})");
        const JsonLines now(R"({"o":{"new":[1]},"n":1})");
        const PayloadDiff diff(now, before);
        for (qsizetype i = 0; i < diff.lines().size(); ++i) {
            const PayloadDiff::Line &line = diff.lines().at(i);
            const JsonLines &source = line.change == PayloadType::Removed ? before : now;
            const JsonLines::Line &words = source.lines().at(line.line);
            if (!words.opens()) {
                QCOMPARE(line.last, i);
                continue;
            }
            const PayloadDiff::Line &end = diff.lines().at(line.last);
            QCOMPARE(end.change, line.change);
            QCOMPARE(end.line, words.last);
        }
        QCOMPARE(diff.changeCount(), 2);
    }

    void deepMessagesAreCompared()
    {
        const int depth = JsonLines::maxDepth;
        const QByteArray before = QByteArray(depth, '[') + '1' + QByteArray(depth, ']');
        const QByteArray now = QByteArray(depth, '[') + '2' + QByteArray(depth, ']');
        const PayloadDiff diff{JsonLines(now), JsonLines(before)};
        QCOMPARE(diff.changeCount(), 1);
        QCOMPARE(diff.lines().size(), 2 * depth + 1);
    }

    void manyEqualKeysAreCompared()
    {
        const QByteArray text =
            '{' + R"("k":0,)"_ba.repeated(PayloadDiff::maxLines - 3) + R"("k":0})";
        const JsonLines json(text);
        QVERIFY(PayloadDiff::sameShape(json, json));
        QCOMPARE(PayloadDiff(json, json).changeCount(), 0);
    }
};

QTEST_APPLESS_MAIN(tst_PayloadDiff)
#include "tst_payloaddiff.moc"
