// SPDX-License-Identifier: MIT
#include "conversationfile.h"

#include "address.h"
#include "utf8.h"

#include <QFileDevice>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStringList>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

const auto formatName = "awesome-chat-conversation"_L1;
constexpr int formatVersion = 1;
constexpr qsizetype maxQuoted = 40; // characters of what is not known, in a sentence

// The keys, in the order in which they are written.
const auto formatKey = "format"_L1;
const auto versionKey = "version"_L1;
const auto serverKey = "server"_L1;
const auto timeKey = "time"_L1;
const auto directionKey = "direction"_L1;
const auto kindKey = "kind"_L1;
const auto textKey = "text"_L1;
const auto base64Key = "base64"_L1;
const auto roundTripKey = "roundTrip"_L1;

// Names of their own: those in C++ may change, a format may not.
const std::array directionNames{
    std::pair{Entry::Sent, "sent"_L1},
    std::pair{Entry::Received, "received"_L1},
    std::pair{Entry::Local, "local"_L1},
};
const std::array kindNames{
    std::pair{Entry::Text, "text"_L1},     std::pair{Entry::Binary, "binary"_L1},
    std::pair{Entry::Opened, "opened"_L1}, std::pair{Entry::Closed, "closed"_L1},
    std::pair{Entry::Failed, "failed"_L1},
};

template<typename Names, typename Value>
QLatin1StringView nameOf(const Names &names, Value value)
{
    for (const auto &[known, name] : names) {
        if (known == value)
            return name;
    }
    Q_UNREACHABLE();
}

/// The value of that name; else \a problem becomes a sentence that names those that are known.
template<typename Names>
auto valueOf(const Names &names, QLatin1StringView key, const QJsonValue &json, QString &problem)
{
    QStringList known;
    for (const auto &[value, name] : names) {
        if (json.toString() == name)
            return value;
        known += name;
    }
    problem = json.isUndefined()
        ? u"has no “%1”; known are %2"_s.arg(key, known.join(u", "_s))
        : u"has a “%1” that is not known, “%2”; known are %3"_s.arg(
            key, json.toVariant().toString().left(maxQuoted), known.join(u", "_s));
    return names.front().first;
}

/// Whether \a c is escaped: what JSON wants to be, and what some program takes for the end of a
/// line, or would show as nothing or out of order.
bool needsEscape(char16_t c)
{
    return c < 0x20 || c == u'"' || c == u'\\' || (c >= 0x7f && c <= 0x9f) || c == 0x061c
        || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void appendEscape(QByteArray &json, char16_t c)
{
    switch (c) {
    case u'"':
        json += "\\\"";
        break;
    case u'\\':
        json += "\\\\";
        break;
    case u'\n':
        json += "\\n";
        break;
    case u'\r':
        json += "\\r";
        break;
    case u'\t':
        json += "\\t";
        break;
    default:
        const char *digits = "0123456789abcdef";
        const std::array unicode{
            '\\',           'u', digits[c >> 12], digits[(c >> 8) & 0xf], digits[(c >> 4) & 0xf],
            digits[c & 0xf]};
        json.append(unicode.data(), unicode.size());
    }
}

/// \a text as a string of JSON.
QByteArray quoted(QStringView text)
{
    QByteArray json = "\""_ba;
    qsizetype begin = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char16_t c = text.at(i).unicode();
        if (!needsEscape(c))
            continue;
        if (begin < i)
            json += text.sliced(begin, i - begin).toUtf8();
        appendEscape(json, c);
        begin = i + 1;
    }
    return json + text.sliced(begin).toUtf8() + '"';
}

/// `"key":value`
QByteArray member(QLatin1StringView key, const QByteArray &json)
{
    return '"' + QByteArray(key.data(), key.size()) + "\":" + json;
}

QByteArray object(const QByteArrayList &members)
{
    return '{' + members.join(',') + '}';
}

bool isString(const QJsonValue &json)
{
    return json.isString() || json.isUndefined();
}

/// What \a object has as "text" or "base64"; else \a problem says why there is nothing.
QByteArray payloadOf(const QJsonObject &object, bool isOptional, QString &problem)
{
    const QJsonValue text = object.value(textKey);
    const QJsonValue base64 = object.value(base64Key);
    if (!isString(text) || !isString(base64)) {
        problem = u"has a “text” or “base64” that is no string"_s;
    } else if (text.isString() && base64.isString()) {
        problem = u"has both “text” and “base64”; one of them is enough"_s;
    } else if (text.isString()) {
        if (!text.toString().isValidUtf16())
            problem = u"has a “text” with half a surrogate pair, which is no character"_s;
        return text.toString().toUtf8();
    } else if (base64.isString()) {
        const auto decoded = QByteArray::fromBase64Encoding(
            base64.toString().toLatin1(), QByteArray::AbortOnBase64DecodingErrors);
        if (!decoded)
            problem = u"has a “base64” that is not Base64 (RFC 4648)"_s;
        return *decoded;
    } else if (!isOptional) {
        problem = u"has neither “text” nor “base64”"_s;
    }
    return {};
}

/// The entry that \a object is; else \a problem says why it is none.
Entry entryOf(const QJsonObject &object, QString &problem)
{
    Entry entry;
    entry.direction = valueOf(directionNames, directionKey, object.value(directionKey), problem);
    if (!problem.isEmpty())
        return entry;
    const bool isStatus = entry.direction == Entry::Local;

    if (const QJsonValue kind = object.value(kindKey); !kind.isUndefined())
        entry.kind = valueOf(kindNames, kindKey, kind, problem);
    else
        entry.kind = object.contains(base64Key) ? Entry::Binary : Entry::Text;
    if (problem.isEmpty() && !isStatus && entry.kind != Entry::Text && entry.kind != Entry::Binary)
        problem = u"has a “kind” of the direction “local” only; a message is text or binary"_s;
    if (!problem.isEmpty())
        return entry;

    if (const QJsonValue time = object.value(timeKey); !time.isUndefined()) {
        entry.time = QDateTime::fromString(time.toString(), Qt::ISODateWithMs).toLocalTime();
        if (!entry.time.isValid())
            problem = u"has a “time” that is none; one is “2026-11-22T15:04:05.123Z”"_s;
    }
    if (const QJsonValue roundTrip = object.value(roundTripKey); !roundTrip.isUndefined()) {
        entry.roundTrip = roundTrip.toInteger(-1);
        if (entry.roundTrip < 0)
            problem = u"has a “roundTrip” that is no whole number of microseconds"_s;
    }
    if (problem.isEmpty())
        entry.payload = payloadOf(object, isStatus, problem);
    return entry;
}

} // namespace

ConversationWriter::ConversationWriter(QIODevice &device)
    : m_device(device)
{
}

bool ConversationWriter::writeHeader(const QUrl &server)
{
    return writeLine(object({member(formatKey, quoted(QString(formatName))),
                             member(versionKey, QByteArray::number(formatVersion)),
                             member(serverKey, quoted(addressText(server)))}));
}

bool ConversationWriter::write(const Entry &entry)
{
    QByteArrayList members;
    if (entry.time.isValid()) {
        members += member(timeKey, quoted(entry.time.toUTC().toString(Qt::ISODateWithMs)));
    }
    members += member(directionKey, quoted(QString(nameOf(directionNames, entry.direction))));
    members += member(kindKey, quoted(QString(nameOf(kindNames, entry.kind))));
    const auto text = entry.kind == Entry::Binary ? std::nullopt : decodedUtf8(entry.payload);
    members += text ? member(textKey, quoted(*text))
                    : member(base64Key, '"' + entry.payload.toBase64() + '"');
    if (entry.roundTrip >= 0)
        members += member(roundTripKey, QByteArray::number(entry.roundTrip));
    return writeLine(object(members));
}

bool ConversationWriter::writeLine(const QByteArray &line)
{
    const QByteArray bytes = line + '\n';
    if (m_device.write(bytes) == bytes.size())
        return true;
    m_error = u"The conversation cannot be written: %1."_s.arg(m_device.errorString());
    return false;
}

ConversationReader::ConversationReader(QIODevice &device, qint64 maxLineLength)
    : m_device(device)
    , m_maxLineLength(maxLineLength)
    , m_nextPosition(device.pos())
{
}

std::optional<Entry> ConversationReader::next()
{
    while (m_error.isEmpty() && readLine()) {
        if (QByteArrayView(m_bytes).trimmed().isEmpty())
            continue;
        QJsonParseError parsing{};
        const QJsonDocument document = QJsonDocument::fromJson(m_bytes, &parsing);
        if (parsing.error != QJsonParseError::NoError)
            return fail(
                u"is not JSON: %1 at byte %2"_s.arg(parsing.errorString()).arg(parsing.offset));
        if (!document.isObject())
            return fail(u"is not an object of JSON"_s);
        if (std::exchange(m_headerExpected, false) && readHeader(document.object()))
            continue;
        if (!m_error.isEmpty())
            break;
        QString problem;
        const Entry entry = entryOf(document.object(), problem);
        return problem.isEmpty() ? std::optional(entry) : fail(problem);
    }
    return std::nullopt;
}

void ConversationReader::seek(qint64 position, qint64 line)
{
    const qint64 chunkPosition = m_nextPosition - m_chunkDone;
    if (position >= chunkPosition && position <= chunkPosition + m_chunk.size()) {
        m_chunkDone = position - chunkPosition;
    } else {
        m_device.seek(position);
        m_chunk.clear();
        m_chunkDone = 0;
    }
    m_nextPosition = position;
    m_line = line - 1;
    m_headerExpected = false;
}

/// Whether \a object is the first line of the format, rather than an entry already.
bool ConversationReader::readHeader(const QJsonObject &object)
{
    const QJsonValue format = object.value(formatKey);
    if (format.isUndefined())
        return false;
    const qint64 version = object.value(versionKey).toInteger(-1);
    if (format.toString() != formatName)
        fail(u"names another format, “%1”, than “%2”"_s.arg(format.toString().left(maxQuoted),
                                                            formatName));
    else if (version > formatVersion)
        fail(
            u"names version %1 of the format, but only %2 is known: it takes a newer Awesome Chat"_s
                .arg(version)
                .arg(formatVersion));
    else if (version < 1)
        fail(u"names no “version” of the format; this one is %1"_s.arg(formatVersion));
    m_server = QUrl(object.value(serverKey).toString());
    return true;
}

/// Reads one line into m_bytes; false at the end, and on an error.
bool ConversationReader::readLine()
{
    // In chunks: QIODevice::readLine() takes byte for byte.
    constexpr qsizetype chunkSize = 16 * 1024;
    m_position = m_nextPosition;
    m_bytes.resize(0); // and keeps its memory
    ++m_line;
    while (!m_bytes.endsWith('\n')) {
        if (m_chunkDone == m_chunk.size()) {
            m_chunk.resize(chunkSize);
            m_chunk.resize(std::max<qint64>(m_device.read(m_chunk.data(), chunkSize), 0));
            m_chunkDone = 0;
        }
        const qsizetype end = m_chunk.indexOf('\n', m_chunkDone) + 1;
        const qsizetype size = (end > 0 ? end : m_chunk.size()) - m_chunkDone;
        if (size == 0)
            break;
        m_bytes.append(m_chunk.constData() + m_chunkDone, size);
        m_chunkDone += size;
        m_nextPosition += size;
        if (m_bytes.size() > m_maxLineLength) {
            fail(u"is longer than %1 bytes"_s.arg(m_maxLineLength));
            return false;
        }
    }
    const auto *file = qobject_cast<QFileDevice *>(&m_device);
    if (file && file->error() != QFileDevice::NoError) {
        fail(u"cannot be read: %1"_s.arg(file->errorString()));
        return false;
    }
    return !m_bytes.isEmpty();
}

std::nullopt_t ConversationReader::fail(const QString &problem)
{
    m_error = u"Line %1 %2."_s.arg(m_line).arg(problem);
    return std::nullopt;
}
