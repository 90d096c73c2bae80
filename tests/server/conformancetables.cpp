// SPDX-License-Identifier: MIT
#include "conformancetables.h"

#include <QFile>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int switchingProtocols = 101;
constexpr int firstCloseCode = 1000;

/// The cells of the tables below \a heading.
QList<QStringList> table(const QString &heading)
{
    QFile file(QString::fromUtf8(CONFORMANCE_TABLES));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot read %s", CONFORMANCE_TABLES);
    const QStringList lines = QString::fromUtf8(file.readAll()).split(u'\n');
    QList<QStringList> rows;
    for (qsizetype i = lines.indexOf(heading) + 1; i > 0 && i < lines.size(); ++i) {
        if (lines.at(i).startsWith(u"## "_s))
            break;
        const bool isHead = lines.value(i + 1).startsWith(u"|-"_s);
        if (!lines.at(i).startsWith(u"| "_s) || isHead)
            continue;
        QStringList cells = lines.at(i).split(u'|');
        std::transform(cells.begin(), cells.end(), cells.begin(),
                       [](const QString &cell) { return cell.trimmed(); });
        rows += cells.mid(1, cells.size() - 2);
    }
    return rows;
}

/// Something in backquotes, and how often.
const QRegularExpression &codeSpan()
{
    static const QRegularExpression pattern(u"`([^`]*)`(?: × ([0-9,]+))?"_s);
    return pattern;
}

QStringList codeSpans(const QString &cell)
{
    QStringList spans;
    for (const QRegularExpressionMatch &match : codeSpan().globalMatch(cell)) {
        const int count = match.captured(2).remove(u',').toInt();
        spans += QStringList(std::max(count, 1), match.captured(1));
    }
    return spans;
}

QByteArray hexBytes(const QString &cell)
{
    return QByteArray::fromHex(codeSpans(cell).join(QString()).toLatin1());
}

/// \a text with "x{N}" as N times x, and \r, \n, \t, \0, \xNN as the bytes they are.
QByteArray unescaped(const QString &text)
{
    static const QRegularExpression pattern(
        uR"((?<repeated>.)\{(?<count>\d+)\}|\\x(?<hex>[0-9a-f]{2})|\\(?<short>[rnt0])|(?<plain>.))"_s);
    QByteArray bytes;
    for (const QRegularExpressionMatch &match : pattern.globalMatch(text)) {
        if (match.hasCaptured(u"repeated"))
            bytes += match.captured(u"repeated")
                         .toLatin1()
                         .repeated(match.captured(u"count").toLongLong());
        else if (match.hasCaptured(u"hex"))
            bytes += QByteArray::fromHex(match.captured(u"hex").toLatin1());
        else if (match.hasCaptured(u"short"))
            bytes += "\r\n\t\0"_ba.at("rnt0"_ba.indexOf(match.captured(u"short").toLatin1()));
        else
            bytes += match.captured(u"plain").toLatin1();
    }
    return bytes;
}

/// The standard request with the \a changes of a row.
QByteArray request(const QStringList &changes)
{
    QByteArray requestLine = "GET / HTTP/1.1"_ba;
    QByteArrayList headers = {"Host: localhost:3000"_ba, "Upgrade: websocket"_ba,
                              "Connection: Upgrade"_ba, "Sec-WebSocket-Version: 13"_ba,
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="_ba};
    const auto find = [&headers](const QByteArray &name) {
        const auto header =
            std::find_if(headers.begin(), headers.end(),
                         [&](const QByteArray &line) { return line.startsWith(name + ':'); });
        if (header == headers.end())
            qFatal("no such header: %s", name.constData());
        return header;
    };
    for (const QString &change : changes) {
        const QByteArray value = unescaped(change.sliced(1));
        switch (change.front().toLatin1()) {
        case '!':
            return value;
        case '~':
            requestLine = value;
            break;
        case '+':
            headers += value;
            break;
        case '-':
            headers.erase(find(value));
            break;
        case '=':
            *find(value.first(value.indexOf(':'))) = value;
            break;
        default:
            qFatal("not a change: %s", qPrintable(change));
        }
    }
    return requestLine + "\r\n"_ba + headers.join("\r\n"_ba) + "\r\n\r\n"_ba;
}

/// Frames in hexadecimal, then one of: an HTTP status, a close code, "closes", "waits", "nothing".
Answer answer(const QString &cell)
{
    Answer result{switchingProtocols, hexBytes(cell), 0, false, true};
    const QString end = QString(cell).remove(codeSpan()).remove(u',').trimmed();
    if (end == "closes"_L1) {
        result.isClosed = true;
    } else if (end == "waits"_L1) {
        result.isInTime = false;
    } else if (!end.isEmpty() && end != "nothing"_L1) {
        const int number = end.toInt();
        if (number < switchingProtocols)
            qFatal("not an answer: %s", qPrintable(cell));
        (number < firstCloseCode ? result.status : result.closeCode) = number;
        result.isClosed = number != switchingProtocols;
    }
    return result;
}

QByteArray before()
{
    return "before"_ba;
}

QByteArray after()
{
    return "after"_ba;
}

} // namespace

QList<ConformanceRow> frameRows()
{
    const auto inContext = [](Answer answer) {
        answer.frames.prepend(serverFrame(Fin | Text, before()));
        if (!answer.isClosed && answer.isInTime)
            answer.frames += serverFrame(Fin | Text, after());
        return answer;
    };
    QList<ConformanceRow> rows;
    for (const QStringList &cells : table(u"## Frames"_s)) {
        const Answer ours = inContext(answer(cells.at(2)));
        rows += {cells.at(0), hexBytes(cells.at(1)), ours,
                 cells.at(4).isEmpty() ? ours : inContext(answer(cells.at(4)))};
    }
    return rows;
}

QList<ConformanceRow> requestRows()
{
    const auto toAnswer = [](const QString &cell) {
        Answer result = answer(cell);
        // Without a number nothing has come.
        if (!cell.front().isDigit())
            result.status = 0;
        return result;
    };
    QList<ConformanceRow> rows;
    for (const QStringList &cells : table(u"## Requests"_s)) {
        const Answer ours = toAnswer(cells.at(2));
        rows += {cells.at(0), request(codeSpans(cells.at(1))), ours,
                 cells.at(4).isEmpty() ? ours : toAnswer(cells.at(4))};
    }
    return rows;
}

Script frameScript(const ConformanceRow &row, qsizetype size)
{
    return {cut(clientFrame(Fin | Text, before()) + row.bytes + clientFrame(Fin | Text, after())
                    + lastPing(),
                size)};
}

Script requestScript(const QByteArrayList &pieces)
{
    Script script{pieces};
    script.isWebSocket = false;
    return script;
}
