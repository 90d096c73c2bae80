// SPDX-License-Identifier: MIT
#include "behaviour.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr qint64 defaultMaxMessageSize = 16'777'216;

/// All that there are.
const QStringList names = u"greeting delay close-after code reason drop-after silent every flood "
                          "size fragment ping subprotocol"_s.split(u' ');

/// A number that a query may have, its bounds, and what it has beside it.
struct Number
{
    QByteArray name;
    QByteArray companion;
    qint64 first = 0;
    qint64 last = 0;
    Behaviour (*expected)(qint64);
    QString alternative = {};

    [[nodiscard]] QByteArray query(const QByteArray &value) const
    {
        return companion + name + '=' + value;
    }
    [[nodiscard]] QString needed() const
    {
        return u"In the URL's query, %1 needs a number from %2 to %3%4"_s.arg(
            QString::fromLatin1(name), QString::number(first), QString::number(last), alternative);
    }
};

const QList<Number> numbers = {
    {"delay", "", 0, 60'000, [](qint64 n) { return Behaviour{.delay = n * 1ms}; }},
    {"close-after", "", 0, 1'000'000, [](qint64 n) { return Behaviour{.closeAfter = int(n)}; }},
    {"code", "close-after=1&", 0, 65'535,
     [](qint64 n) { return Behaviour{.closeAfter = 1, .closeCode = int(n)}; }, u" or none"_s},
    {"drop-after", "", 0, 1'000'000, [](qint64 n) { return Behaviour{.dropAfter = int(n)}; }},
    {"every", "", 1, 3'600'000, [](qint64 n) { return Behaviour{.pushInterval = n * 1ms}; }},
    {"flood", "", 0, 1'000'000, [](qint64 n) { return Behaviour{.floodCount = int(n)}; }},
    {"size", "flood=1&", 0, defaultMaxMessageSize,
     [](qint64 n) { return Behaviour{.floodCount = 1, .floodSize = n}; }},
    {"fragment", "", 1, defaultMaxMessageSize,
     [](qint64 n) { return Behaviour{.fragmentSize = n}; }},
    {"ping", "", 1, 3'600'000, [](qint64 n) { return Behaviour{.pingInterval = n * 1ms}; }},
};

Behaviour greetsWith(const std::optional<QString> &text)
{
    Behaviour behaviour;
    behaviour.greeting.emplace(text);
    return behaviour;
}

Behaviour closesFor(const QString &reason)
{
    return {.closeAfter = 1, .closeReason = reason};
}

/// What is wrong with \a query; empty when nothing is.
QString sentenceFor(const QByteArray &query, const Limits &limits = {})
{
    const auto parsed = parseBehaviour(query, limits);
    const auto *sentence = std::get_if<QString>(&parsed);
    return sentence ? *sentence : QString();
}

Behaviour behaviourFor(const QByteArray &query)
{
    return std::get<Behaviour>(parseBehaviour(query, Limits()));
}

/// One line that is safe in an answer, a log and a terminal, and whole.
bool isSafeSentence(const QString &sentence)
{
    return sentence.size() < 1024 && sentence.endsWith(u'.')
        && std::all_of(sentence.begin(), sentence.end(),
                       [](QChar c) { return c >= u' ' && c <= u'~'; });
}

} // namespace

class BehaviourTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void good_data();
    void good();
    void plain();
    void greetingInsteadOf();
    void bounds_data();
    void bounds();
    void sizesFollowTheLimits();
    void bad_data();
    void bad();
    void quotesAreHarmless();
    void anyBytes();
    void numberedPayloads();
};

void BehaviourTest::good_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<Behaviour>("expected");
    const auto row = [](const QByteArray &query, const Behaviour &expected) {
        QTest::newRow(query.constData()) << query << expected;
    };

    row("", {});
    row("&", {});
    row("&&silent&", {.isSilent = true});

    row("greeting=hello", greetsWith(u"hello"_s));
    row("greeting=", greetsWith(u""_s));
    row("greeting=off", greetsWith(std::nullopt));
    row("greeting=Off", greetsWith(u"Off"_s));

    row("greeting=a+b%20c%2B", greetsWith(u"a b c+"_s));
    row("greeting=a=b=%3D", greetsWith(u"a=b=="_s));
    row("greeting=a%26b", greetsWith(u"a&b"_s));
    row("greeting=%2541", greetsWith(u"%41"_s));
    row("greeting=%c3%A4", greetsWith(u"ä"_s));
    row("greeting=\xe2\x82\xac", greetsWith(u"€"_s));
    row("greeting=%F0%9F%91%8B", greetsWith(u"👋"_s));
    row("greeting=%EF%BB%BFa", greetsWith(u"\ufeffa"_s));
    row("greeting=a%00b", greetsWith(u"a\0b"_s));
    row("%73ilent", {.isSilent = true});

    row("close-after=1", {.closeAfter = 1, .closeCode = 1000});
    row("close-after=1&code=none", {.closeAfter = 1, .closeCode = std::nullopt});
    row("close-after=1&reason=going+away", closesFor(u"going away"_s));
    row("close-after=1&reason=", closesFor({}));
    row("close-after=1&reason=" + QByteArray(123, 'r'), closesFor(QString(123, u'r')));
    row("close-after=1&reason=" + "%E2%82%AC"_ba.repeated(41), closesFor(QString(41, u'€')));
    row("silent", {.isSilent = true});
    row("silent=", {.isSilent = true});
    row("flood=2", {.floodCount = 2, .floodSize = 100});
    row("subprotocol", {.takesSubprotocol = true});
    row("subprotocol=", {.takesSubprotocol = true});
    row("delay=0005", {.delay = 5ms});

    Behaviour all = {.greeting = u"g"_s, .delay = 1ms, .closeAfter = 2, .closeCode = 3};
    all.closeReason = u"r"_s;
    all.dropAfter = 4;
    all.isSilent = true;
    all.pushInterval = 5ms;
    all.floodCount = 6;
    all.floodSize = 7;
    all.fragmentSize = 8;
    all.pingInterval = 9ms;
    all.takesSubprotocol = true;
    row("greeting=g&delay=1&close-after=2&code=3&reason=r&drop-after=4&silent&every=5&flood=6"
        "&size=7&fragment=8&ping=9&subprotocol",
        all);
    row("subprotocol&ping=9&fragment=8&size=7&flood=6&every=5&silent&drop-after=4&reason=r&code=3"
        "&close-after=2&delay=1&greeting=g",
        all);
}

void BehaviourTest::good()
{
    QFETCH(const QByteArray, query);
    QFETCH(const Behaviour, expected);
    QCOMPARE(sentenceFor(query), QString());
    QVERIFY(behaviourFor(query) == expected);
}

void BehaviourTest::plain()
{
    for (const char *query : {"", "&", "delay=0"})
        QVERIFY2(behaviourFor(query).isPlain(), query);
    for (const char *query :
         {"greeting=off", "greeting=", "delay=1", "close-after=0", "drop-after=0", "silent",
          "every=1", "flood=0", "fragment=1", "ping=1", "subprotocol"})
        QVERIFY2(!behaviourFor(query).isPlain(), query);
}

void BehaviourTest::greetingInsteadOf()
{
    using Greeting = std::optional<QString>;
    const auto greeting = [](const QByteArray &query, const Greeting &ofServer) {
        return behaviourFor(query).greetingInsteadOf(ofServer);
    };
    for (const Greeting &ofServer : {Greeting(u"Welcome"_s), Greeting()}) {
        QCOMPARE(greeting("", ofServer), ofServer);
        QCOMPARE(greeting("greeting=hello", ofServer), u"hello"_s);
        QCOMPARE(greeting("greeting=", ofServer), u""_s);
        QCOMPARE(greeting("greeting=off", ofServer), std::nullopt);
        QCOMPARE(greeting("silent", ofServer), std::nullopt);
        QCOMPARE(greeting("silent&greeting=hello", ofServer), u"hello"_s);
        QCOMPARE(greeting("silent&greeting=off", ofServer), std::nullopt);
    }
}

void BehaviourTest::bounds_data()
{
    QTest::addColumn<Number>("number");
    for (const Number &number : numbers)
        QTest::newRow(number.name.constData()) << number;
}

void BehaviourTest::bounds()
{
    QFETCH(const Number, number);
    for (const qint64 good : {number.first, number.first + 1, number.last - 1, number.last}) {
        const QByteArray query = number.query(QByteArray::number(good));
        QCOMPARE(sentenceFor(query), QString());
        QVERIFY(behaviourFor(query) == number.expected(good));
    }
    for (const QByteArray &bad :
         {QByteArray::number(number.first - 1), QByteArray::number(number.last + 1), ""_ba, "x"_ba,
          "1x"_ba, "+1"_ba, "%2B1"_ba, "%201"_ba, "1.0"_ba, "0x1"_ba, "1e1"_ba, "off"_ba,
          "%D9%A3"_ba, "1%00"_ba, "18446744073709551617"_ba})
        QCOMPARE(sentenceFor(number.query(bad)),
                 number.needed() + u", not '%1'."_s.arg(QString::fromLatin1(bad)));
    QCOMPARE(sentenceFor(number.companion + number.name), number.needed() + u'.');
}

void BehaviourTest::sizesFollowTheLimits()
{
    Limits limits;
    limits.maxMessageSize = Limits::smallestMaxMessageSize;
    QCOMPARE(sentenceFor("flood=1&size=125&fragment=125", limits), QString());
    QCOMPARE(sentenceFor("flood=1&size=126", limits),
             u"In the URL's query, size needs a number from 0 to 125, not '126'."_s);
    QCOMPARE(sentenceFor("fragment=126", limits),
             u"In the URL's query, fragment needs a number from 1 to 125, not '126'."_s);
}

void BehaviourTest::bad_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const QByteArray &query, const QString &sentence) {
        QTest::newRow(query.constData()) << query << sentence;
    };

    const auto unknown = [&row](const QByteArray &query, const QString &name) {
        row(query,
            u"The URL's query has the unknown name '%1'; known are: %2."_s.arg(
                name, names.join(", "_L1)));
    };
    unknown("token=1", u"token"_s);
    unknown("token&token", u"token"_s);
    unknown("Delay=1", u"Delay"_s);
    unknown("delay+=1", u"delay+"_s);
    unknown("delay%3D1", u"delay%3D1"_s);
    unknown("=1", u""_s);
    unknown("%251%252=1", u"%251%252"_s);
    unknown("silent&loud", u"loud"_s);

    for (const QString &name : names) {
        const bool isSwitch = name == "silent"_L1 || name == "subprotocol"_L1;
        const QByteArray pair = name.toLatin1() + (isSwitch ? ""_ba : "=1"_ba);
        row(pair + '&' + pair, u"The URL's query has %1 more than once; give it once."_s.arg(name));
    }

    for (const QByteArray &pair :
         {"greeting=100%"_ba, "greeting=%4"_ba, "greeting=%G1"_ba, "greeting=%1G"_ba,
          "greeting=%%41"_ba, "greeting=%-1"_ba, "del%ay=1"_ba, "%FF=1"_ba, "unknown=%"_ba,
          // RFC 3629: alone, never, overlong, a surrogate, above U+10FFFF, cut
          "greeting=%80"_ba, "greeting=%FF"_ba, "greeting=%C0%AF"_ba, "greeting=%ED%A0%80"_ba,
          "greeting=%F4%90%80%80"_ba, "greeting=%E2%82"_ba}) {
        row(pair,
            u"The URL's query has '"_s + QString::fromLatin1(pair)
                + u"', which is not percent-encoded UTF-8; for a percent sign write %25."_s);
    }

    const auto inQuery = [&row](const QByteArray &query, const QString &rest) {
        row(query, u"In the URL's query, "_s + rest);
    };
    inQuery("greeting", u"greeting needs a text, which may be empty, or off."_s);
    inQuery("close-after=1&reason", u"reason needs a text of at most 123 bytes."_s);
    inQuery("silent=1", u"silent needs no value, not '1'."_s);
    inQuery("silent=+", u"silent needs no value, not '+'."_s);
    inQuery("subprotocol=chat", u"subprotocol needs no value, not 'chat'."_s);
    inQuery("close-after=1&code=None",
            u"code needs a number from 0 to 65535 or none, not 'None'."_s);
    inQuery("code=1000", u"code needs close-after beside it."_s);
    inQuery("code=none&drop-after=1", u"code needs close-after beside it."_s);
    inQuery("reason=r", u"reason needs close-after beside it."_s);
    inQuery("size=1", u"size needs flood beside it."_s);
    const QString noReason =
        u"reason and code=none exclude each other: without a code a Close frame has no reason."_s;
    inQuery("close-after=1&reason=r&code=none", noReason);
    inQuery("code=none&reason=&close-after=1", noReason);
    const QString longReason =
        u"reason needs a text of at most 123 bytes, not '%1...'."_s.arg(QString(80, u'r'));
    inQuery("close-after=1&reason=" + QByteArray(124, 'r'), longReason);
    inQuery("close-after=1&reason=" + QByteArray(122, 'r') + "%C3%A4", longReason);
}

void BehaviourTest::bad()
{
    QFETCH(const QByteArray, query);
    QTEST(sentenceFor(query), "sentence");
    QVERIFY(isSafeSentence(sentenceFor(query)));
}

void BehaviourTest::quotesAreHarmless()
{
    const auto quote = [](const QByteArray &query) {
        const QString sentence = sentenceFor(query);
        return isSafeSentence(sentence) ? sentence.section(u'\'', 2, -2) : sentence;
    };
    QCOMPARE(quote("a \"\\b"), u"a \"\\b"_s);
    QCOMPARE(quote("\x1b[31m\r\n"), u"%1B[31m%0D%0A"_s);
    QCOMPARE(quote("gr\xc3\xbc\xc3\x9f"), u"gr%C3%BC%C3%9F"_s);
    QCOMPARE(quote("delay=\x7f"), u"%7F"_s);
    QCOMPARE(quote("greeting=\xff"), u"greeting=%FF"_s);
    QCOMPARE(quote(QByteArray(1, '\0')), u"%00"_s);
    QCOMPARE(quote(QByteArray(80, 'x')), QString(80, u'x'));
    QCOMPARE(quote(QByteArray(81, 'x')), QString(80, u'x') + u"..."_s);
    QVERIFY(isSafeSentence(sentenceFor(QByteArray(100'000, '\xff'))));
}

void BehaviourTest::anyBytes()
{
    QRandomGenerator random(20'230'610);
    const QByteArrayList words = {"&",   "=",    "%", "+", "%C3",  "%A4",
                                  "off", "none", "0", "1", "60001"};
    QByteArrayList known;
    for (const QString &name : names)
        known.append(name.toLatin1());
    const auto anyOf = [&random](const QByteArrayList &list) {
        return list[random.bounded(list.size())];
    };
    int good = 0;
    int bad = 0;
    for (int i = 0; i < 100'000; ++i) {
        QByteArray query;
        for (int length = random.bounded(12); length > 0; --length) {
            switch (random.bounded(8)) {
            case 0:
                query += char(random.bounded(256));
                break;
            case 1:
                query += anyOf(words);
                break;
            default:
                query += '&' + anyOf(known) + '=' + anyOf({"", "1", "125", "1000"});
            }
        }
        const auto parsed = parseBehaviour(query, Limits());
        if (const auto *sentence = std::get_if<QString>(&parsed)) {
            ++bad;
            QVERIFY2(isSafeSentence(*sentence), qPrintable(*sentence));
        } else {
            ++good;
        }
    }
    qInfo("%d queries were understood, %d were not", good, bad);
    QVERIFY(good > 1000 && bad > 1000);
}

void BehaviourTest::numberedPayloads()
{
    QCOMPARE(numberedPayload(42, 5), "42..."_ba);
    QCOMPARE(numberedPayload(42, 2), "42"_ba);
    QCOMPARE(numberedPayload(1234, 3), "234"_ba);
    QCOMPARE(numberedPayload(1234, 1), "4"_ba);
    QCOMPARE(numberedPayload(1234, 0), ""_ba);
    QCOMPARE(numberedPayload(0, 3), "0.."_ba);
    QCOMPARE(numberedPayload(1'000'000, 8), "1000000."_ba);
    QCOMPARE(numberedPayload(7, defaultMaxMessageSize),
             '7' + QByteArray(defaultMaxMessageSize - 1, '.'));
}

QTEST_GUILESS_MAIN(BehaviourTest)
#include "tst_behaviour.moc"
