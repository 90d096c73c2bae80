// SPDX-License-Identifier: MIT
#include "handshake.h"

#include <QByteArrayList>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace {

/// RFC 6455 4.2.1: what the key is before base64.
constexpr qsizetype keySize = 16;
constexpr qsizetype encodedKeySize = 24;

constexpr bool isAlphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// RFC 9110 5.6.2
bool isTokenCharacter(char c)
{
    return isAlphanumeric(c) || QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
}

/// RFC 3986 2: anything else is percent-encoded. RFC 6455 3: no fragment.
bool isTargetCharacter(char c)
{
    return c > ' ' && c < '\x7f' && c != '#';
}

/// RFC 9112 2.3
bool isVersion(QByteArrayView text)
{
    constexpr QByteArrayView pattern = "HTTP/0.0";
    return std::equal(
        text.begin(), text.end(), pattern.begin(), pattern.end(),
        [](char c, char wanted) { return wanted == '0' ? c >= '0' && c <= '9' : c == wanted; });
}

bool isControl(char c)
{
    return (c >= '\0' && c < ' ') || c == '\x7f';
}

bool equalsIgnoringCase(QByteArrayView left, QByteArrayView right)
{
    return left.compare(right, Qt::CaseInsensitive) == 0;
}

/// RFC 9110 5.6.1: whether the comma separated \a list has the \a item.
bool contains(QByteArrayView list, QLatin1StringView item)
{
    for (const QLatin1StringView candidate : QLatin1StringView(list).tokenize(u',')) {
        if (candidate.trimmed().compare(item, Qt::CaseInsensitive) == 0)
            return true;
    }
    return false;
}

bool isKey(QByteArrayView key)
{
    const auto decoded =
        QByteArray::fromBase64Encoding(key.toByteArray(), QByteArray::AbortOnBase64DecodingErrors);
    return key.size() == encodedKeySize && decoded && decoded.decoded.size() == keySize;
}

QByteArrayView reasonPhrase(int status)
{
    switch (status) {
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 426:
        return "Upgrade Required";
    case 431:
        return "Request Header Fields Too Large";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        // RFC 9112 4: it may be empty.
        return "";
    }
}

/// What RFC 9110 15.5.6 and 15.5.22 and RFC 6455 4.4 want a refusal to say beside its sentence.
QByteArrayView specialHeaders(int status)
{
    switch (status) {
    case 405:
        return "Allow: GET\r\nConnection: close\r\n";
    case 426:
        return "Upgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n";
    default:
        return "Connection: close\r\n";
    }
}

} // namespace

Handshake::Handshake(const HandshakePolicy &policy)
    : m_policy(policy)
{
}

qsizetype Handshake::feed(QByteArrayView input)
{
    const qsizetype before = m_head.size();
    m_head.append(input.first(qMin(input.size(), maxHeadSize - before)));
    qsizetype end = before;
    while (m_state == State::NeedsMore && end < m_head.size())
        take(end++);
    if (m_state == State::NeedsMore && end - before < input.size()) {
        refuse(431, "The head of the request is over 16 KiB; send fewer headers.");
        ++end;
    }
    m_head.truncate(end); // what is behind it are frames
    return end - before;
}

QByteArrayView Handshake::query() const
{
    const qsizetype mark = m_target.indexOf('?');
    return mark == -1 ? QByteArrayView() : QByteArrayView(m_target).sliced(mark + 1);
}

QByteArray Handshake::firstSubprotocol() const
{
    const QByteArray offered = m_subprotocols.value_or(QByteArray());
    const QByteArray first =
        offered.first(offered.indexOf(',') == -1 ? offered.size() : offered.indexOf(',')).trimmed();
    return std::all_of(first.begin(), first.end(), isTokenCharacter) ? first : QByteArray();
}

/// Takes the byte of the head at \a index, with those before it taken already.
void Handshake::take(qsizetype index)
{
    if (index - m_lineStart == maxLineSize)
        return refuse(431, "A line of the request is over 8 KiB; shorten it.");

    const char byte = m_head.at(index);
    const bool isAfterReturn = index > 0 && m_head.at(index - 1) == '\r';
    if (m_part == Part::Method) {
        if (byte == ' ' && index > 0)
            m_part = Part::RequestLine;
        else if (!isTokenCharacter(byte))
            refuse(400, "This is not the beginning of HTTP; connect with a WebSocket client.");
        return;
    }
    // RFC 9112 2.2 lets a server take a bare LF for the end of a line. Another one on the way may
    // not, and would see a different request.
    if (isAfterReturn != (byte == '\n'))
        return refuse(400, "A line of the request ends without CRLF; end each with CRLF.");
    if (isControl(byte) && byte != '\t' && byte != '\r' && byte != '\n')
        return refuse(400, "The request has a control character; remove or encode it.");
    if (byte != '\n')
        return;

    const auto line = QByteArrayView(m_head).first(index - 1).sliced(m_lineStart); // without CRLF
    m_lineStart = index + 1;
    if (m_part == Part::RequestLine)
        takeRequestLine(line);
    else if (line.isEmpty())
        finish();
    else
        takeHeader(line);
}

void Handshake::takeRequestLine(QByteArrayView line)
{
    m_part = Part::Headers;
    // RFC 9112 3: exactly one space between them.
    const QByteArrayList words = line.toByteArray().split(' ');
    if (words.size() != 3 || !isVersion(words[2]) || words[1].isEmpty()
        || !std::all_of(words[1].begin(), words[1].end(), isTargetCharacter))
        return refuse(400, "The request line is malformed; send GET, a path and HTTP/1.1.");
    const QByteArray &method = words[0];
    const QByteArray &version = words[2];
    // RFC 9110 15.6.6. Not 400: nothing is wrong with the line itself. RFC 6455 4.2.1: 1.1 or more.
    if (version < "HTTP/1.1"_ba || version > "HTTP/1.9"_ba)
        return refuse(505, "WebSocket needs HTTP/1.1; connect with a WebSocket client.");
    if (method != "GET"_ba) {
        refuse(405, "WebSocket connections begin with GET; connect with a WebSocket client.");
        // RFC 9110 9.3.2: the header only, as it would be.
        if (method == "HEAD"_ba)
            m_refusal.response.truncate(m_refusal.response.indexOf("\r\n\r\n") + 4);
        return;
    }
    takeTarget(words[1]);
}

void Handshake::takeTarget(QByteArrayView target)
{
    if (target.startsWith('/')) {
        m_target = target.toByteArray();
        return;
    }
    // RFC 9112 3.2.2: a whole URL, as for a proxy.
    for (const QByteArrayView scheme : {"http://", "https://", "ws://", "wss://"}) {
        if (!equalsIgnoringCase(target.first(qMin(scheme.size(), target.size())), scheme))
            continue;
        const QByteArrayView rest = target.sliced(scheme.size());
        const auto end =
            std::find_if(rest.begin(), rest.end(), [](char c) { return c == '/' || c == '?'; });
        m_targetAuthority = rest.first(end - rest.begin()).toByteArray();
        m_target = rest.sliced(end - rest.begin()).toByteArray();
        if (!m_target.startsWith('/'))
            m_target.prepend('/');
        return;
    }
    refuse(400, "The target of the request is no path; send one that begins with a slash.");
}

void Handshake::takeHeader(QByteArrayView line)
{
    if (++m_headerLines > maxHeaderLines)
        return refuse(431, "The request has more than 100 header lines; send fewer.");
    // RFC 9112 5.1, 5.2: both have been used to hide headers from one of two readers.
    if (line.startsWith(' ') || line.startsWith('\t'))
        return refuse(400, "A header line begins with a blank; do not fold headers.");
    const qsizetype nameSize = line.indexOf(':');
    if (nameSize == -1)
        return refuse(400, "A header line has no colon; send a name, a colon and a value.");
    const QByteArrayView name = line.first(nameSize);
    if (name.endsWith(' ') || name.endsWith('\t'))
        return refuse(400, "A header has a blank before its colon; remove it.");
    if (name.isEmpty() || !std::all_of(name.begin(), name.end(), isTokenCharacter))
        return refuse(400, "The name of a header is malformed; use letters, digits and hyphens.");
    keep(name, line.sliced(nameSize + 1).trimmed());
}

void Handshake::keep(QByteArrayView name, QByteArrayView value)
{
    // What would follow is a body to HTTP and frames to us.
    if (equalsIgnoringCase(name, "Transfer-Encoding")
        || (equalsIgnoringCase(name, "Content-Length") && value != "0"_ba))
        return refuse(400, "The request announces a body; send none.");

    if (equalsIgnoringCase(name, "Sec-WebSocket-Protocol") && !m_subprotocols)
        m_subprotocols = value.toByteArray();

    struct Known
    {
        QByteArrayView name;
        Field Handshake::*field;
        QByteArrayView duplicate;
    };
    // QWebSocketServer takes the first of several, others the last.
    static constexpr std::array knownFields = {
        Known{"Host", &Handshake::m_host, "There are several Host headers; send one."},
        Known{"Upgrade", &Handshake::m_upgrade, "There are several Upgrade headers; send one."},
        Known{"Connection", &Handshake::m_connection,
              "There are several Connection headers; send one, with a list."},
        Known{"Sec-WebSocket-Key", &Handshake::m_key,
              "There are several Sec-WebSocket-Key headers; send one."},
        Known{"Sec-WebSocket-Version", &Handshake::m_version,
              "There are several Sec-WebSocket-Version headers; send one, with 13."},
        Known{"Origin", &Handshake::m_origin, "There are several Origin headers; send one."},
    };
    for (const Known &known : knownFields) {
        if (!equalsIgnoringCase(name, known.name))
            continue;
        Field &field = this->*known.field;
        if (field)
            return refuse(400, known.duplicate);
        field = value.toByteArray();
    }
}

void Handshake::finish()
{
    // RFC 9112 3.2: 400, whatever else is right.
    const auto authority = Authority::from(m_host.value_or(QByteArray()));
    if (!authority)
        return refuse(400, "The Host header is missing or malformed; send a name and a port.");
    if (m_targetAuthority && Authority::from(*m_targetAuthority) != authority)
        return refuse(400, "The URL in the request line is not of the Host header; send a path.");
    if (!m_policy.allowsHost(*authority))
        return refuse(403, "This server is not known by that name; use one that it allows.");
    if (m_origin && !m_policy.allowsOrigin(*m_origin))
        return refuse(403, "Pages of this origin may not connect; have the server allow it.");

    if (!contains(m_upgrade.value_or(QByteArray()), "websocket"_L1))
        return refuse(
            426,
            "This is the Awesome Chat echo server: connect to it with a WebSocket client, "
            "for example: awesome-chat ws://"_ba
                + *m_host + "/"_ba);
    // QWebSocketServer takes the whole value for one name, and would not answer at all.
    if (m_upgrade->compare("websocket", Qt::CaseInsensitive) != 0)
        return refuse(426, "The Upgrade header names several protocols; send websocket alone.");
    if (!contains(m_connection.value_or(QByteArray()), "upgrade"_L1))
        return refuse(426, "The Connection header does not say Upgrade; send that.");
    if (m_version != "13"_ba)
        return refuse(426, "The Sec-WebSocket-Version is not 13; use that one.");
    if (!m_key || !isKey(*m_key))
        return refuse(400, "The Sec-WebSocket-Key is missing or wrong; send 16 bytes in base64.");
    m_state = State::Accepted;
}

void Handshake::refuse(int status, QByteArrayView sentence)
{
    m_state = State::Refused;
    m_refusal = refusalOf(status, sentence);
    m_head.clear();
}

Handshake::Refusal Handshake::refusalOf(int status, QByteArrayView sentence)
{
    const QByteArray body = sentence.toByteArray() + '\n';
    return {status,
            "HTTP/1.1 "_ba + QByteArray::number(status) + ' ' + reasonPhrase(status).toByteArray()
                + "\r\n"_ba + specialHeaders(status).toByteArray()
                + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: "_ba
                + QByteArray::number(body.size()) + "\r\n\r\n"_ba + body};
}

Handshake::Refusal Handshake::endedEarly()
{
    return refusalOf(400, "The request ends before its empty line; send all of it.");
}

Handshake::Refusal Handshake::timedOut()
{
    return refusalOf(408, "The request took too long; send it at once after connecting.");
}

Handshake::Refusal Handshake::full()
{
    return refusalOf(503, "The server has as many connections as it can take; try again later.");
}
