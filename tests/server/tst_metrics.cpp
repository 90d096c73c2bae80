// SPDX-License-Identifier: MIT
#include "metrics.h"

#include <QMap>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Every field differs from every other, so that none can be taken for another.
Metrics filledMetrics()
{
    Metrics metrics;
    metrics.accepted = 1000;
    metrics.upgraded = 900;
    metrics.open = 12;
    for (size_t i = 0; i < metrics.refusals.size(); ++i)
        metrics.refusals[i] = 20 + i;
    for (size_t i = 0; i < metrics.received.size(); ++i) {
        metrics.received[i] = {40 + i, 5000 + i};
        metrics.sent[i] = {60 + i, 7000 + i};
    }
    metrics.networkBytesReceived = 18'446'744'073'709'551'615U;
    metrics.networkBytesSent = 81'000;
    for (size_t i = 0; i < metrics.closes.size(); ++i)
        metrics.closes[i] = 100 + i;
    metrics.backlogBytes = 262'144;
    metrics.loopLag = 1500us;
    metrics.largestLoopLag = 2s;
    return metrics;
}

constexpr auto filledText =
    R"(# HELP awesomechat_connections_accepted_total TCP connections, refused ones too.
# TYPE awesomechat_connections_accepted_total counter
awesomechat_connections_accepted_total 1000
# HELP awesomechat_connections_upgraded_total TCP connections that became WebSockets.
# TYPE awesomechat_connections_upgraded_total counter
awesomechat_connections_upgraded_total 900
# HELP awesomechat_connections_open WebSockets open or closing now.
# TYPE awesomechat_connections_open gauge
awesomechat_connections_open 12
# HELP awesomechat_connections_refused_total TCP connections that were answered with an HTTP error, by its status.
# TYPE awesomechat_connections_refused_total counter
awesomechat_connections_refused_total{status="400",reason="bad_request"} 20
awesomechat_connections_refused_total{status="403",reason="forbidden"} 21
awesomechat_connections_refused_total{status="405",reason="method_not_allowed"} 22
awesomechat_connections_refused_total{status="408",reason="request_timeout"} 23
awesomechat_connections_refused_total{status="426",reason="upgrade_required"} 24
awesomechat_connections_refused_total{status="431",reason="head_too_large"} 25
awesomechat_connections_refused_total{status="503",reason="full"} 26
awesomechat_connections_refused_total{status="503",reason="address_full"} 27
awesomechat_connections_refused_total{status="503",reason="out_of_files"} 28
awesomechat_connections_refused_total{status="505",reason="version_not_supported"} 29
# HELP awesomechat_connections_closed_total WebSockets that have ended, by close code (1006: without a Close frame).
# TYPE awesomechat_connections_closed_total counter
awesomechat_connections_closed_total{code="1000"} 100
awesomechat_connections_closed_total{code="1001"} 101
awesomechat_connections_closed_total{code="1002"} 102
awesomechat_connections_closed_total{code="1003"} 103
awesomechat_connections_closed_total{code="1004"} 104
awesomechat_connections_closed_total{code="1005"} 105
awesomechat_connections_closed_total{code="1006"} 106
awesomechat_connections_closed_total{code="1007"} 107
awesomechat_connections_closed_total{code="1008"} 108
awesomechat_connections_closed_total{code="1009"} 109
awesomechat_connections_closed_total{code="1010"} 110
awesomechat_connections_closed_total{code="1011"} 111
awesomechat_connections_closed_total{code="1012"} 112
awesomechat_connections_closed_total{code="1013"} 113
awesomechat_connections_closed_total{code="1014"} 114
awesomechat_connections_closed_total{code="1015"} 115
awesomechat_connections_closed_total{code="3xxx"} 116
awesomechat_connections_closed_total{code="4xxx"} 117
awesomechat_connections_closed_total{code="other"} 118
# HELP awesomechat_messages_received_total Messages, pings and pongs received.
# TYPE awesomechat_messages_received_total counter
awesomechat_messages_received_total{type="text"} 40
awesomechat_messages_received_total{type="binary"} 41
awesomechat_messages_received_total{type="ping"} 42
awesomechat_messages_received_total{type="pong"} 43
# HELP awesomechat_messages_sent_total Messages, pings and pongs sent.
# TYPE awesomechat_messages_sent_total counter
awesomechat_messages_sent_total{type="text"} 60
awesomechat_messages_sent_total{type="binary"} 61
awesomechat_messages_sent_total{type="ping"} 62
awesomechat_messages_sent_total{type="pong"} 63
# HELP awesomechat_payload_received_bytes_total Payload of what was received.
# TYPE awesomechat_payload_received_bytes_total counter
awesomechat_payload_received_bytes_total{type="text"} 5000
awesomechat_payload_received_bytes_total{type="binary"} 5001
awesomechat_payload_received_bytes_total{type="ping"} 5002
awesomechat_payload_received_bytes_total{type="pong"} 5003
# HELP awesomechat_payload_sent_bytes_total Payload of what was sent.
# TYPE awesomechat_payload_sent_bytes_total counter
awesomechat_payload_sent_bytes_total{type="text"} 7000
awesomechat_payload_sent_bytes_total{type="binary"} 7001
awesomechat_payload_sent_bytes_total{type="ping"} 7002
awesomechat_payload_sent_bytes_total{type="pong"} 7003
# HELP awesomechat_network_received_bytes_total All bytes that came in.
# TYPE awesomechat_network_received_bytes_total counter
awesomechat_network_received_bytes_total 18446744073709551615
# HELP awesomechat_network_sent_bytes_total All bytes that went out.
# TYPE awesomechat_network_sent_bytes_total counter
awesomechat_network_sent_bytes_total 81000
# HELP awesomechat_backlog_bytes Bytes that wait for peers to read them now.
# TYPE awesomechat_backlog_bytes gauge
awesomechat_backlog_bytes 262144
# HELP awesomechat_event_loop_lag_seconds How late the event loop was last.
# TYPE awesomechat_event_loop_lag_seconds gauge
awesomechat_event_loop_lag_seconds 0.0015
# HELP awesomechat_event_loop_lag_max_seconds How late it was at most in the last one to two minutes.
# TYPE awesomechat_event_loop_lag_max_seconds gauge
awesomechat_event_loop_lag_max_seconds 2
)"_L1;

/// The series of \a text and their values; \a problem says what is no Prometheus text.
QMap<QString, double> parsed(const QString &text, QString *problem)
{
    static const QRegularExpression help(u"^# HELP ([a-z_]+) \\S.*$"_s);
    static const QRegularExpression type(u"^# TYPE ([a-z_]+) (counter|gauge)$"_s);
    static const QRegularExpression sample(
        u"^([a-z_]+)(\\{[a-z]+=\"[^\"\\\\]*\"(?:,[a-z]+=\"[^\"\\\\]*\")*\\})? (\\S+)$"_s);
    QMap<QString, double> series;
    QSet<QString> families;
    QString family;
    QString kind;
    if (!text.endsWith(u'\n'))
        *problem = u"no line feed at the end"_s;
    const auto lines = text.chopped(1).split(u'\n');
    for (const QString &line : lines) {
        if (const auto match = help.match(line); match.hasMatch()) {
            family = match.captured(1);
            kind.clear();
            if (families.contains(family))
                *problem = line + u": a second time"_s;
            families.insert(family);
        } else if (const auto typeMatch = type.match(line); typeMatch.hasMatch()) {
            kind = typeMatch.captured(2);
            if (typeMatch.captured(1) != family)
                *problem = line + u": not behind its HELP"_s;
            if ((kind == "counter"_L1) != family.endsWith("_total"_L1))
                *problem = line + u": a counter ends in _total, a gauge does not"_s;
        } else {
            const auto sampleMatch = sample.match(line);
            bool isNumber = false;
            const double value = sampleMatch.captured(3).toDouble(&isNumber);
            const QString name = sampleMatch.captured(1) + sampleMatch.captured(2);
            if (!isNumber || sampleMatch.captured(1) != family || kind.isEmpty()
                || series.contains(name))
                *problem = line + u": not a new sample of "_s + family;
            series.insert(name, value);
        }
    }
    return series;
}

} // namespace

class MetricsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void text();
    void everySeriesIsThereFromTheStart();
    void countsMessages();
    void countsRefusals_data();
    void countsRefusals();
    void countsCloses_data();
    void countsCloses();
    void sum();
};

void MetricsTest::text()
{
    const auto lines = prometheusText(filledMetrics()).split('\n');
    const auto expected = QByteArray(filledText.data(), filledText.size()).split('\n');
    for (qsizetype i = 0; i < expected.size(); ++i)
        QCOMPARE(lines.value(i), expected[i]);
    QCOMPARE(lines.size(), expected.size());
}

void MetricsTest::everySeriesIsThereFromTheStart()
{
    QString problem;
    const auto series = parsed(QString::fromUtf8(prometheusText(Metrics())), &problem);
    QCOMPARE(problem, QString());
    for (auto it = series.begin(); it != series.end(); ++it)
        QVERIFY2(it.value() == 0, qPrintable(it.key()));
    QCOMPARE(series.keys(),
             parsed(QString::fromUtf8(prometheusText(filledMetrics())), &problem).keys());
    QCOMPARE(problem, QString());
}

void MetricsTest::countsMessages()
{
    Metrics metrics;
    metrics.countReceived(Opcode::Text, 5);
    metrics.countReceived(Opcode::Text, 0);
    metrics.countReceived(Opcode::Binary, qsizetype(5'000'000'000));
    metrics.countReceived(Opcode::Ping, 125);
    metrics.countReceived(Opcode::Close, 2);
    metrics.countReceived(Opcode::Continuation, 7);
    metrics.countSent(Opcode::Pong, 125);
    metrics.countSent(Opcode::Close, 2);

    QString problem;
    const auto series = parsed(QString::fromUtf8(prometheusText(metrics)), &problem);
    QMap<QString, double> expected = parsed(QString::fromUtf8(prometheusText(Metrics())), &problem);
    expected[u"awesomechat_messages_received_total{type=\"text\"}"_s] = 2;
    expected[u"awesomechat_messages_received_total{type=\"binary\"}"_s] = 1;
    expected[u"awesomechat_messages_received_total{type=\"ping\"}"_s] = 1;
    expected[u"awesomechat_payload_received_bytes_total{type=\"text\"}"_s] = 5;
    expected[u"awesomechat_payload_received_bytes_total{type=\"binary\"}"_s] = 5e9;
    expected[u"awesomechat_payload_received_bytes_total{type=\"ping\"}"_s] = 125;
    expected[u"awesomechat_messages_sent_total{type=\"pong\"}"_s] = 1;
    expected[u"awesomechat_payload_sent_bytes_total{type=\"pong\"}"_s] = 125;
    QCOMPARE(series, expected);
    QCOMPARE(problem, QString());
}

void MetricsTest::countsRefusals_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("labels");
    QTest::newRow("400") << 400 << u"status=\"400\",reason=\"bad_request\""_s;
    QTest::newRow("403") << 403 << u"status=\"403\",reason=\"forbidden\""_s;
    QTest::newRow("405") << 405 << u"status=\"405\",reason=\"method_not_allowed\""_s;
    QTest::newRow("408") << 408 << u"status=\"408\",reason=\"request_timeout\""_s;
    QTest::newRow("426") << 426 << u"status=\"426\",reason=\"upgrade_required\""_s;
    QTest::newRow("431") << 431 << u"status=\"431\",reason=\"head_too_large\""_s;
    QTest::newRow("503") << 503 << u"status=\"503\",reason=\"full\""_s;
    QTest::newRow("505") << 505 << u"status=\"505\",reason=\"version_not_supported\""_s;
    QTest::newRow("unknown") << 418 << u"status=\"400\",reason=\"bad_request\""_s;
}

void MetricsTest::countsRefusals()
{
    QFETCH(const int, status);
    QFETCH(const QString, labels);
    Metrics metrics;
    metrics.countRefusal(refusalWithStatus(status));
    QString problem;
    const auto series = parsed(QString::fromUtf8(prometheusText(metrics)), &problem);
    QMap<QString, double> expected = parsed(QString::fromUtf8(prometheusText(Metrics())), &problem);
    expected[u"awesomechat_connections_refused_total{%1}"_s.arg(labels)] = 1;
    QCOMPARE(series, expected);
}

void MetricsTest::countsCloses_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("label");
    for (int code = 1000; code <= 1015; ++code)
        QTest::addRow("%d", code) << code << QString::number(code);
    for (const int code : {3000, 3999})
        QTest::addRow("%d", code) << code << u"3xxx"_s;
    for (const int code : {4000, 4999})
        QTest::addRow("%d", code) << code << u"4xxx"_s;
    for (const int code : {-1, 0, 999, 1016, 2999, 5000, 65535})
        QTest::addRow("%d", code) << code << u"other"_s;
}

void MetricsTest::countsCloses()
{
    QFETCH(const int, code);
    QFETCH(const QString, label);
    Metrics metrics;
    metrics.countClose(code);
    QString problem;
    const auto series = parsed(QString::fromUtf8(prometheusText(metrics)), &problem);
    QMap<QString, double> expected = parsed(QString::fromUtf8(prometheusText(Metrics())), &problem);
    expected[u"awesomechat_connections_closed_total{code=\"%1\"}"_s.arg(label)] = 1;
    QCOMPARE(series, expected);
}

void MetricsTest::sum()
{
    Metrics metrics = filledMetrics();
    metrics.networkBytesReceived = 1;
    Metrics sum = metrics;
    sum += metrics;
    QString problem;
    const auto once = parsed(QString::fromUtf8(prometheusText(metrics)), &problem);
    const auto twice = parsed(QString::fromUtf8(prometheusText(sum)), &problem);
    QCOMPARE(once.keys(), twice.keys());
    for (auto it = once.begin(); it != once.end(); ++it) {
        // One event loop's lag does not make the other's longer.
        const bool isLag = it.key().contains("_lag_"_L1);
        QVERIFY2(twice[it.key()] == (isLag ? 1 : 2) * it.value(), qPrintable(it.key()));
    }
    QCOMPARE((Metrics() += metrics).loopLag, metrics.loopLag);
}

QTEST_APPLESS_MAIN(MetricsTest)
#include "tst_metrics.moc"
