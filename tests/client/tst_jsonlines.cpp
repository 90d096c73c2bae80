// SPDX-License-Identifier: MIT
#include "jsonlines.h"

#include <QElapsedTimer>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_JsonLines : public QObject
{
    Q_OBJECT

    static QString lineText(const JsonLines &json, int line)
    {
        QString text;
        for (const PayloadSpan &span : json.spans(line))
            text += span.text;
        return text;
    }

    /// All lines, indented by blanks.
    static QStringList shown(const QByteArray &text)
    {
        const JsonLines json(text);
        QStringList lines;
        for (int i = 0; i < json.lineCount(); ++i) {
            const int depth = json.lines().at(i).depth;
            lines += QString(2 * depth, u' ') + lineText(json, i);
        }
        return lines;
    }

    /// All lines in one, without the blanks between tokens.
    static QByteArray joined(const JsonLines &json)
    {
        QString text;
        for (int i = 0; i < json.lineCount(); ++i) {
            for (const PayloadSpan &span : json.spans(i))
                text += span.kind == PayloadType::Punctuation ? span.text.trimmed() : span.text;
        }
        return text.toUtf8();
    }

    static QByteArray randomBlanks(QRandomGenerator &random)
    {
        QByteArray blanks;
        for (int i = random.bounded(4) - 1; i > 0; --i)
            blanks += " \t\n\r"[random.bounded(4)];
        return blanks;
    }

    static QByteArray randomString(QRandomGenerator &random)
    {
        static const QByteArrayList pieces{"a",    "key", "é",   "😀", "漢",      "\\n", "\\\"",
                                           "\\\\", "/",   "\\/", " ", "\\u00e9", "{",   "}",
                                           "[",    "]",   ",",   ":", "<b>",     "0"};
        QByteArray text = "\""_ba;
        for (int i = random.bounded(6); i > 0; --i)
            text += pieces.at(random.bounded(static_cast<int>(pieces.size())));
        return text + '"';
    }

    /// A random value: first with blanks wherever they may be, second without.
    static std::pair<QByteArray, QByteArray> randomValue(QRandomGenerator &random, int depth)
    {
        static const QByteArrayList scalars{
            "true", "false", "null", "0", "-0", "1.0", "1e400", "-12.50E+2", "12345678901234567890",
            "1E-2"};
        const int choice = random.bounded(depth > 5 ? 2 : 4);
        if (choice == 0)
            return {scalars.at(random.bounded(static_cast<int>(scalars.size()))), {}};
        if (choice == 1)
            return {randomString(random), {}};
        const bool object = choice == 2;
        QByteArray spaced(1, object ? '{' : '[');
        QByteArray minified = spaced;
        spaced += randomBlanks(random);
        for (int i = random.bounded(5); i > 0; --i) {
            if (object) {
                const QByteArray key = randomString(random);
                spaced += key + randomBlanks(random) + ':' + randomBlanks(random);
                minified += key + ':';
            }
            const auto [value, small] = randomValue(random, depth + 1);
            spaced += value + randomBlanks(random);
            minified += small.isEmpty() ? value : small;
            if (i > 1) {
                spaced += ',' + randomBlanks(random);
                minified += ',';
            }
        }
        const char end = object ? '}' : ']';
        return {spaced + end, minified + end};
    }

private Q_SLOTS:
    void lines()
    {
        const QByteArray text =
            R"({"b":1.0,"a":[],"b":{"x" : [1e400,-0 , null]},"e":{ },"s":"\u00e9<b>"})";
        const QStringList expected{
            u"{"_s,          u"  \"b\": 1.0,"_s, u"  \"a\": [],"_s,
            u"  \"b\": {"_s, u"    \"x\": ["_s,  u"      1e400,"_s,
            u"      -0,"_s,  u"      null"_s,    u"    ]"_s,
            u"  },"_s,       u"  \"e\": {},"_s,  u"  \"s\": \"\\u00e9<b>\""_s,
            u"}"_s,
        };
        QCOMPARE(shown(text), expected);
    }

    void spansHaveTheirKind()
    {
        const JsonLines json(R"({"k":"s","n":1,"t":true})");
        using enum PayloadType::Kind;
        QCOMPARE(json.spans(0), (QList<PayloadSpan>{{u"{"_s, Punctuation}}));
        QCOMPARE(json.spans(1),
                 (QList<PayloadSpan>{{u"\"k\""_s, Key},
                                     {u": "_s, Punctuation},
                                     {u"\"s\""_s, String},
                                     {u","_s, Punctuation}}));
        QCOMPARE(json.spans(2).at(2), (PayloadSpan{u"1"_s, Number}));
        QCOMPARE(json.spans(3).at(2), (PayloadSpan{u"true"_s, Keyword}));
    }

    void aPartOfALineIsMadeOfItsBytes()
    {
        const JsonLines json(R"({"key":"value","n":1})");
        // offsets:             0123456789
        const auto text = [&](quint32 from, quint32 to) {
            QString part;
            for (const PayloadSpan &span : json.spans(1, from, to))
                part += span.text;
            return part;
        };
        QCOMPARE(text(1, 4), u"\"ke"_s);
        QCOMPARE(text(4, 6), u"y\": "_s);
        QCOMPARE(text(4, 10), u"y\": \"va"_s);
        QCOMPARE(text(10, 14), u"lue\","_s);
    }

    void containersKnowTheirEndAndTheirMembers()
    {
        const JsonLines json(R"({"a":[1,[2,3],{}],"b":0})");
        const auto &lines = json.lines();
        QCOMPARE(lines.at(0).last, 10);
        QCOMPARE(lines.at(0).members, 2);
        QCOMPARE(lines.at(1).last, 8);
        QCOMPARE(lines.at(1).members, 3);
        QCOMPARE(lines.at(3).last, 6);
        QCOMPARE(lines.at(3).members, 2);
        QVERIFY(lines.at(3).opens());
        QVERIFY(!lines.at(7).opens());
        QVERIFY(!lines.at(9).opens());
        QCOMPARE(lines.at(9).depth, 1);
    }

    void valid_data()
    {
        QTest::addColumn<QByteArray>("text");

        for (const char *text : {"0",
                                 "-0",
                                 "-1",
                                 "1.0",
                                 "0.5",
                                 "1e1",
                                 "1E+1",
                                 "1e-1",
                                 "0e0",
                                 "123456789012345678901234",
                                 "1e400",
                                 "-1e-400",
                                 "0.00000000000000000000000001",
                                 "true",
                                 "false",
                                 "null",
                                 "\"\"",
                                 "\"a\"",
                                 "\"\\u0000\"",
                                 "\"\\uD800\"",
                                 "\"\\udc00\\ud800\"",
                                 "\"\\uD834\\uDd1e\"",
                                 "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
                                 "\"\x7f\"",
                                 "\"é€😀\"",
                                 "\"\xe2\x80\xa8\"",
                                 "\"\xef\xbf\xbf\"",
                                 "[]",
                                 "{}",
                                 "[ ]",
                                 "{ }",
                                 "[[]]",
                                 "[[],{}]",
                                 "[1,2]",
                                 " [1] ",
                                 "\t\r\n [\n1\t,\r2 ]\n",
                                 "{\"\":0}",
                                 "{\"a\":1,\"a\":1}",
                                 "{\"a\":{\"a\":[]}}",
                                 "[1, 2.5, \"x\", null, true, {\"k\": []}]",
                                 "{\"a\\u0062\":1}"})
            QTest::newRow(text) << QByteArray(text);
        QTest::newRow("as deep as may be")
            << QByteArray(JsonLines::maxDepth, '[') + QByteArray(JsonLines::maxDepth, ']');
    }

    void valid()
    {
        QFETCH(QByteArray, text);
        const JsonLines json(text);
        QVERIFY2(!json.problem(), json.problem() ? qPrintable(json.problem()->reason) : "");
        QCOMPARE(json.lineCount(), json.lines().size());
        QVERIFY(json.lineCount() > 0);
    }

    void invalid_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("column");

        const auto row = [](const QByteArray &text, int column, int line = 1) {
            QTest::newRow(text.toPercentEncoding(" []{}:,\"\\").constData())
                << text << line << column;
        };
        row("", 1);
        row(" ", 2);
        row("[", 2);
        row("{", 2);
        row("]", 1);
        row("}", 1);
        row(",", 1);
        row("[1", 3);
        row("[1,", 4);
        row("[1,]", 4);
        row("[,1]", 2);
        row("[1,,2]", 4);
        row("[1 2]", 4);
        row("[1}", 3);
        row("[1]]", 4);
        row("[] []", 4);
        row("[]#", 3);
        row("1 2", 3);
        row("{\"a\"}", 5);
        row("{\"a\":}", 6);
        row("{\"a\":1", 7);
        row("{\"a\":1,}", 8);
        row("{\"a\":1 \"b\":2}", 8);
        row("{\"a\" 1}", 6);
        row("{\"a\"::1}", 6);
        row("{,}", 2);
        row("{a:1}", 2);
        row("{'a':1}", 2);
        row("{1:1}", 2);
        row("{\"a\":1]", 7);
        row("{null:1}", 2);
        row("'a'", 1);
        row("\"", 2);
        row("\"a", 3);
        row("\"\\\"", 4);
        row("\"\\", 2);
        row("\"\\x\"", 2);
        row("\"\\u12\"", 2);
        row("\"\\u123", 2);
        row("\"\\u123g\"", 2);
        row("\"\\U0041\"", 2);
        row("\"a\tb\"", 3);
        row("\"a\nb\"", 3);
        row(QByteArray("\"\0\"", 3), 2);
        row("\"\x1f\"", 2);
        row("\"\xff\"", 2);
        row("\"\xc0\x80\"", 2);
        row("\"\xed\xa0\x80\"", 2);
        row("\"é\xe2\x82\"", 3);
        row("tru", 1);
        row("truee", 5);
        row("True", 1);
        row("NaN", 1);
        row("Infinity", 1);
        row("-Infinity", 2);
        row("undefined", 1);
        row("+1", 1);
        row("-", 2);
        row("--1", 2);
        row("01", 2);
        row("-01", 3);
        row("1.", 3);
        row(".5", 1);
        row("1.e1", 3);
        row("1e", 3);
        row("1e+", 4);
        row("1e1.5", 4);
        row("0x10", 2);
        row("1_000", 2);
        row("1a", 2);
        row("\xef\xbb\xbf[]", 1);
        row("[]\xc2\xa0", 3);
        row("[1]//", 4);
        row("/**/1", 1);
        row("<b>", 1);
        row("[\x0c]", 2);
        row(QByteArray("[]\0", 3), 3);
        row("{\n  \"a\": 1,\n  \"é\": x\n}", 8, 3);
        row("[\r\n1\r\n2]", 1, 3);
        QTest::newRow("too deep") << QByteArray(JsonLines::maxDepth + 1, '[') << 1
                                  << JsonLines::maxDepth + 1;
        QTest::newRow("depth bomb") << QByteArray(10'000'000, '[') << 1 << JsonLines::maxDepth + 1;
        QTest::newRow("depth bomb of objects")
            << "{\"a\":"_ba.repeated(1'000'000) << 1 << 5 * JsonLines::maxDepth + 1;
    }

    void invalid()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, line);
        QFETCH(int, column);

        const JsonLines json(text);
        QVERIFY(json.problem());
        QCOMPARE(json.problem()->line, line);
        QCOMPARE(json.problem()->column, column);
        QVERIFY(!json.problem()->reason.isEmpty());
        QVERIFY(json.lines().empty());
        QCOMPARE(json.lineCount(), 0);
    }

    void linesJoinedAreTheTextWithoutBlanks()
    {
        QRandomGenerator random(20260102);
        for (int i = 0; i < 2000; ++i) {
            const auto [spaced, small] = randomValue(random, 0);
            const QByteArray minified = small.isEmpty() ? spaced : small;
            const JsonLines json(randomBlanks(random) + spaced + randomBlanks(random));
            QVERIFY2(!json.problem(), spaced.constData());
            QCOMPARE(joined(json), minified);
        }
    }

    void whatIsBrokenIsRefusedAsQtDoes()
    {
        QRandomGenerator random(20260103);
        int broken = 0;
        for (int i = 0; i < 5000; ++i) {
            QByteArray text = '[' + randomValue(random, 2).first + ']';
            const int at = random.bounded(static_cast<int>(text.size()));
            text[at] = " \t{}[],:\"\\0.tx"[random.bounded(14)];
            // QJsonDocument takes more than RFC 8259 allows, and less in one point: large numbers.
            text.replace("1e400", "1e40");
            if (QJsonDocument::fromJson(text).isNull()) {
                ++broken;
                QVERIFY2(JsonLines(text).problem(), text.toHex().constData());
            }
        }
        QVERIFY(broken > 1000);
    }

    void wordsAreMadeHarmless()
    {
        const JsonLines json(u"{\"\u202ek\":\"\u202egnp.exe\u009b\"}"_s.toUtf8());
        QCOMPARE(lineText(json, 1), u"\"⟨U+202E⟩k\": \"⟨U+202E⟩gnp.exe⟨U+009B⟩\""_s);
    }

    void linesBeyondTheLimitAreCountedOnly()
    {
        const QByteArray text = "{\"a\":["_ba + "[0],"_ba.repeated(100) + "1],\"b\":2}";
        const JsonLines all(text);
        QCOMPARE(all.lineCount(), 306);
        for (const int limit : {1, 2, 3, 4, 5, 100, 304, 305, 306}) {
            const JsonLines cut(text, limit);
            QVERIFY(!cut.problem());
            QCOMPARE(cut.lines().size(), limit);
            QCOMPARE(cut.lineCount(), 306);
            for (int i = 0; i < limit; ++i) {
                QCOMPARE(lineText(cut, i), lineText(all, i));
                QCOMPARE(cut.lines().at(i).last, all.lines().at(i).last);
            }
        }
        QVERIFY(JsonLines(text + ']', 1).problem());
    }

    void timeIsLinear_data()
    {
        QTest::addColumn<QByteArray>("piece");
        QTest::addColumn<QByteArray>("end");

        QTest::newRow("members") << "0,"_ba
                                 << "0"_ba;
        QTest::newRow("containers") << "[{}],"_ba
                                    << "0"_ba;
        QTest::newRow("a string") << ""_ba << '"' + QByteArray(4'000'000, 'a') + '"';
        QTest::newRow("escapes") << ""_ba << '"' + "\\u0000"_ba.repeated(600'000) + '"';
    }

    void timeIsLinear()
    {
        QFETCH(QByteArray, piece);
        QFETCH(QByteArray, end);

        const QByteArray text = '[' + piece.repeated(4'000'000 / (piece.size() + 1)) + end + ']';
        QElapsedTimer timer;
        timer.start();
        const JsonLines json(text);
        // Generous: what is not linear takes hours.
        QVERIFY2(timer.elapsed() < 20'000, qPrintable(u"%1 ms"_s.arg(timer.elapsed())));
        QVERIFY(!json.problem());
        qInfo("%lld bytes in %lld ms", static_cast<long long>(text.size()),
              static_cast<long long>(timer.elapsed()));
    }
};

QTEST_APPLESS_MAIN(tst_JsonLines)
#include "tst_jsonlines.moc"
