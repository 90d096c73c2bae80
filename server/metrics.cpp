// SPDX-License-Identifier: MIT
#include "metrics.h"

#include <QLocale>

#include <algorithm>

namespace {

struct RefusalLabels
{
    int status;
    const char *reason;
};

/// Indexed by Refusal.
constexpr std::array<RefusalLabels, Metrics::refusalCount> refusalLabels = {{
    {400, "bad_request"},
    {403, "forbidden"},
    {405, "method_not_allowed"},
    {408, "request_timeout"},
    {426, "upgrade_required"},
    {431, "head_too_large"},
    {503, "full"},
    {503, "address_full"},
    {503, "out_of_files"},
    {505, "version_not_supported"},
}};

/// Indexed as Metrics::messageTypes.
constexpr std::array<const char *, Metrics::messageTypes.size()> messageTypeLabels = {
    "text", "binary", "ping", "pong"};

QByteArray closeCodeLabel(size_t index)
{
    constexpr std::array<const char *, 3> ranges = {"3xxx", "4xxx", "other"};
    constexpr size_t knownCodes = Metrics::closeCodeCount - ranges.size();
    return index < knownCodes ? QByteArray::number(1000 + qulonglong(index))
                              : ranges[index - knownCodes];
}

QByteArray label(const char *name, const QByteArray &value)
{
    return name + ("=\"" + value + '"');
}

QByteArray inSeconds(std::chrono::nanoseconds time)
{
    return QByteArray::number(std::chrono::duration<double>(time).count(), 'g',
                              QLocale::FloatingPointShortest);
}

/*!
    Puts a Prometheus text together, metric by metric.

    Names, labels and sentences are ours: no backslash, quote or line feed, which would need an
    escape.
*/
class PrometheusWriter
{
public:
    void startCounter(const char *name, const char *help) { start(name, "counter", help); }
    void startGauge(const char *name, const char *help) { start(name, "gauge", help); }

    /// A series of the metric that was started last; \a labels as they stand between the braces.
    void add(const QByteArray &labels, const QByteArray &value)
    {
        m_text += m_name;
        if (!labels.isEmpty())
            m_text += '{' + labels + '}';
        m_text += ' ' + value + '\n';
    }
    void add(const QByteArray &labels, quint64 value) { add(labels, QByteArray::number(value)); }

    [[nodiscard]] QByteArray text() const { return m_text; }

private:
    void start(const char *name, const char *type, const char *help)
    {
        m_name = QByteArray("awesomechat_") + name;
        m_text += "# HELP " + m_name + ' ' + help + '\n';
        m_text += "# TYPE " + m_name + ' ' + type + '\n';
    }

    QByteArray m_text;
    QByteArray m_name;
};

void writeMessages(PrometheusWriter &writer, const Metrics::MessageCounts &counts,
                   quint64 Metrics::MessageCount::*field)
{
    for (size_t i = 0; i < counts.size(); ++i)
        writer.add(label("type", messageTypeLabels[i]), counts[i].*field);
}

} // namespace

Refusal refusalWithStatus(int status)
{
    for (size_t i = 0; i < refusalLabels.size(); ++i) {
        if (refusalLabels[i].status == status)
            return Refusal(i);
    }
    return Refusal::BadRequest;
}

Metrics &Metrics::operator+=(const Metrics &other)
{
    accepted += other.accepted;
    upgraded += other.upgraded;
    open += other.open;
    for (size_t i = 0; i < refusals.size(); ++i)
        refusals[i] += other.refusals[i];
    for (size_t i = 0; i < messageTypes.size(); ++i) {
        received[i].messages += other.received[i].messages;
        received[i].payloadBytes += other.received[i].payloadBytes;
        sent[i].messages += other.sent[i].messages;
        sent[i].payloadBytes += other.sent[i].payloadBytes;
    }
    networkBytesReceived += other.networkBytesReceived;
    networkBytesSent += other.networkBytesSent;
    for (size_t i = 0; i < closes.size(); ++i)
        closes[i] += other.closes[i];
    backlogBytes += other.backlogBytes;
    loopLag = std::max(loopLag, other.loopLag);
    largestLoopLag = std::max(largestLoopLag, other.largestLoopLag);
    return *this;
}

QByteArray prometheusText(const Metrics &metrics)
{
    PrometheusWriter writer;
    writer.startCounter("connections_accepted_total", "TCP connections, refused ones too.");
    writer.add({}, metrics.accepted);
    writer.startCounter("connections_upgraded_total", "TCP connections that became WebSockets.");
    writer.add({}, metrics.upgraded);
    writer.startGauge("connections_open", "WebSockets open or closing now.");
    writer.add({}, QByteArray::number(metrics.open));
    writer.startCounter("connections_refused_total",
                        "TCP connections that were answered with an HTTP error, by its status.");
    for (size_t i = 0; i < refusalLabels.size(); ++i) {
        const auto &[status, reason] = refusalLabels[i];
        writer.add(label("status", QByteArray::number(status)) + ',' + label("reason", reason),
                   metrics.refusals[i]);
    }
    writer.startCounter("connections_closed_total",
                        "WebSockets that have ended, by close code (1006: without a Close frame).");
    for (size_t i = 0; i < metrics.closes.size(); ++i)
        writer.add(label("code", closeCodeLabel(i)), metrics.closes[i]);

    using MessageCount = Metrics::MessageCount;
    writer.startCounter("messages_received_total", "Messages, pings and pongs received.");
    writeMessages(writer, metrics.received, &MessageCount::messages);
    writer.startCounter("messages_sent_total", "Messages, pings and pongs sent.");
    writeMessages(writer, metrics.sent, &MessageCount::messages);
    writer.startCounter("payload_received_bytes_total", "Payload of what was received.");
    writeMessages(writer, metrics.received, &MessageCount::payloadBytes);
    writer.startCounter("payload_sent_bytes_total", "Payload of what was sent.");
    writeMessages(writer, metrics.sent, &MessageCount::payloadBytes);
    writer.startCounter("network_received_bytes_total", "All bytes that came in.");
    writer.add({}, metrics.networkBytesReceived);
    writer.startCounter("network_sent_bytes_total", "All bytes that went out.");
    writer.add({}, metrics.networkBytesSent);

    writer.startGauge("backlog_bytes", "Bytes that wait for peers to read them now.");
    writer.add({}, QByteArray::number(metrics.backlogBytes));
    writer.startGauge("event_loop_lag_seconds", "How late the event loop was last.");
    writer.add({}, inSeconds(metrics.loopLag));
    writer.startGauge("event_loop_lag_max_seconds",
                      "How late it was at most in the last one to two minutes.");
    writer.add({}, inSeconds(metrics.largestLoopLag));
    return writer.text();
}
