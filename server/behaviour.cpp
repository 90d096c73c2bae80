// SPDX-License-Identifier: MIT
#include "behaviour.h"

#include <QLatin1StringView>
#include <QList>
#include <QStringDecoder>
#include <QStringList>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace {

/// Of what came from the peer, in a sentence.
constexpr qsizetype maxQuotedBytes = 80;
/// Of behaviourHelp(), the same as of serverHelp().
constexpr qsizetype helpColumn = 28;

static_assert(Behaviour::defaultFloodSize <= Limits::smallestMaxMessageSize);

/// What stands behind the equals sign, decoded; nothing when there is none.
using Value = std::optional<QString>;
/// What the value should have been instead; nothing when it is right.
using Needed = std::optional<QString>;

/// Digits only: QString::toLongLong() takes blanks and signs too.
std::optional<qint64> toNumber(const QString &text, qint64 first, qint64 last)
{
    const auto isDigit = [](QChar c) { return c >= u'0' && c <= u'9'; };
    bool isNumber = std::all_of(text.cbegin(), text.cend(), isDigit);
    const qint64 number = isNumber ? text.toLongLong(&isNumber) : 0;
    return isNumber && number >= first && number <= last ? std::optional(number) : std::nullopt;
}

QString range(qint64 first, qint64 last)
{
    return u"a number from %1 to %2"_s.arg(first).arg(last);
}

template<typename Target>
Needed readInto(Target &target, const Value &value, qint64 first, qint64 last)
{
    const auto number = value ? toNumber(*value, first, last) : std::nullopt;
    if (!number)
        return range(first, last);
    target = Target(*number);
    return std::nullopt;
}

template<auto member, qint64 first, qint64 last>
Needed readNumber(const Value &value, const Limits &, Behaviour &behaviour)
{
    return readInto(behaviour.*member, value, first, last);
}

/// In bytes, at most what the server takes itself.
template<auto member, qint64 first>
Needed readSize(const Value &value, const Limits &limits, Behaviour &behaviour)
{
    return readInto(behaviour.*member, value, first, limits.maxMessageSize);
}

template<auto member>
Needed readSwitch(const Value &value, const Limits &, Behaviour &behaviour)
{
    if (value && !value->isEmpty())
        return u"no value"_s;
    behaviour.*member = true;
    return std::nullopt;
}

Needed readGreeting(const Value &value, const Limits &, Behaviour &behaviour)
{
    if (!value)
        return u"a text, which may be empty, or off"_s;
    behaviour.greeting = value == "off"_L1 ? std::nullopt : value;
    return std::nullopt;
}

Needed readCloseCode(const Value &value, const Limits &, Behaviour &behaviour)
{
    if (value == "none"_L1) {
        behaviour.closeCode.reset();
        return std::nullopt;
    }
    Needed needed = readInto(behaviour.closeCode, value, 0, Behaviour::maxCloseCode);
    return needed ? *needed + u" or none"_s : needed;
}

Needed readCloseReason(const Value &value, const Limits &, Behaviour &behaviour)
{
    if (!value || value->toUtf8().size() > Behaviour::maxCloseReasonSize)
        return u"a text of at most %1 bytes"_s.arg(Behaviour::maxCloseReasonSize);
    behaviour.closeReason = *value;
    return std::nullopt;
}

struct Known
{
    /// The name, and behind an equals sign what the help calls its value, if it has one.
    QLatin1StringView label;
    Needed (*read)(const Value &, const Limits &, Behaviour &);
    /// In lines that fit beside helpColumn.
    QLatin1StringView help;
    /// Another name, without which this one has no meaning; or none.
    QLatin1StringView companion = {};

    [[nodiscard]] QLatin1StringView name() const
    {
        const qsizetype equalsSign = label.indexOf(u'=');
        return equalsSign == -1 ? label : label.first(equalsSign);
    }
};

constexpr auto maxDelay = Behaviour::maxDelay.count();
constexpr auto minInterval = Behaviour::minInterval.count();
constexpr auto maxInterval = Behaviour::maxInterval.count();
constexpr auto maxCount = Behaviour::maxCount;

/// All that a query may have.
constexpr std::array table = {
    Known{
        "greeting=TEXT|off"_L1,
        readGreeting,
        "sends this text first, or nothing"_L1,
    },
    Known{
        "delay=MS"_L1,
        readNumber<&Behaviour::delay, 0, maxDelay>,
        "sends every echo, and its answer to a Close\n"
        "frame, so much later (0 to 60000)"_L1,
    },
    Known{
        "close-after=N"_L1,
        readNumber<&Behaviour::closeAfter, 0, maxCount>,
        "closes after N messages (0 to 1000000)"_L1,
    },
    Known{
        "code=C|none"_L1,
        readCloseCode,
        "closes with this code, also with a forbidden one\n"
        "(0 to 65535), or without any (default: 1000)"_L1,
        "close-after"_L1,
    },
    Known{
        "reason=TEXT"_L1,
        readCloseReason,
        "closes with this reason (at most 123 bytes)"_L1,
        "close-after"_L1,
    },
    Known{
        "drop-after=N"_L1,
        readNumber<&Behaviour::dropAfter, 0, maxCount>,
        "resets the TCP connection after N messages\n"
        "(0 to 1000000)"_L1,
    },
    Known{
        "silent"_L1,
        readSwitch<&Behaviour::isSilent>,
        "answers nothing: no echo, no pong, no Close\n"
        "frame; greets only with greeting=TEXT"_L1,
    },
    Known{
        "every=MS"_L1,
        readNumber<&Behaviour::pushInterval, minInterval, maxInterval>,
        "pushes a numbered message so often\n"
        "(1 to 3600000)"_L1,
    },
    Known{
        "flood=N"_L1,
        readNumber<&Behaviour::floodCount, 0, maxCount>,
        "pushes N numbered messages at once\n"
        "(0 to 1000000)"_L1,
    },
    Known{
        "size=BYTES"_L1,
        readSize<&Behaviour::floodSize, 0>,
        "the size of each of them (0 to the largest\n"
        "message size; default: 100)"_L1,
        "flood"_L1,
    },
    Known{
        "fragment=BYTES"_L1,
        readSize<&Behaviour::fragmentSize, Behaviour::minFragmentSize>,
        "cuts every message into frames of at most so\n"
        "many bytes (1 to the largest message size)"_L1,
    },
    Known{
        "ping=MS"_L1,
        readNumber<&Behaviour::pingInterval, minInterval, maxInterval>,
        "sends a ping so often (1 to 3600000)"_L1,
    },
    Known{
        "subprotocol"_L1,
        readSwitch<&Behaviour::takesSubprotocol>,
        "takes the first subprotocol that is offered"_L1,
    },
};

QString knownNames()
{
    QStringList names;
    for (const Known &known : table)
        names.append(known.name());
    return names.join(", "_L1);
}

/// \a bytes as they came, where they are printable ASCII; percent-encoded where not.
QString quoted(QByteArrayView bytes)
{
    QByteArray shown;
    for (const char c : bytes.first(qMin(bytes.size(), maxQuotedBytes))) {
        const bool isPrintable = c >= ' ' && c <= '~';
        shown += isPrintable ? QByteArray(1, c) : QByteArray(1, c).toPercentEncoding();
    }
    if (bytes.size() > maxQuotedBytes)
        shown += "..."_ba;
    return u'\'' + QString::fromLatin1(shown) + u'\'';
}

bool hasGoodEscapes(QByteArrayView bytes)
{
    const auto isHexDigit = [](char c) {
        return QByteArrayView("0123456789abcdefABCDEF").contains(c);
    };
    for (qsizetype at = bytes.indexOf('%'); at != -1; at = bytes.indexOf('%', at + 1)) {
        if (at + 2 >= bytes.size() || !isHexDigit(bytes[at + 1]) || !isHexDigit(bytes[at + 2]))
            return false;
    }
    return true;
}

/// From application/x-www-form-urlencoded.
std::optional<QString> decoded(QByteArrayView bytes)
{
    if (!hasGoodEscapes(bytes))
        return std::nullopt;
    // A byte order mark is a part of the text, and stays.
    QStringDecoder decoder(QStringDecoder::Utf8,
                           QStringDecoder::Flag::Stateless
                               | QStringDecoder::Flag::ConvertInitialBom);
    QString text =
        decoder.decode(QByteArray::fromPercentEncoding(bytes.toByteArray().replace('+', ' ')));
    return decoder.hasError() ? std::nullopt : std::optional(text);
}

/// Takes the pairs one by one. Each function returns what is wrong, if anything.
class Parser
{
public:
    explicit Parser(const Limits &limits)
        : m_limits(limits)
    {
    }

    std::optional<QString> take(QByteArrayView pair)
    {
        const qsizetype equalsSign = pair.indexOf('=');
        const QByteArrayView rawName = equalsSign == -1 ? pair : pair.first(equalsSign);
        const QByteArrayView rawValue =
            equalsSign == -1 ? QByteArrayView() : pair.sliced(equalsSign + 1);
        const auto name = decoded(rawName);
        const auto text = decoded(rawValue);
        if (!name || !text) {
            return u"The URL's query has "_s + quoted(pair)
                + u", which is not percent-encoded UTF-8; for a percent sign write %25."_s;
        }
        const auto known = std::find_if(table.begin(), table.end(), [&name](const Known &entry) {
            return entry.name() == *name;
        });
        if (known == table.end()) {
            return u"The URL's query has the unknown name %1; known are: %2."_s.arg(quoted(rawName),
                                                                                    knownNames());
        }
        if (isGiven(known->name()))
            return u"The URL's query has %1 more than once; give it once."_s.arg(known->name());
        m_given.append(known->name());

        const Value value = equalsSign == -1 ? std::nullopt : text;
        if (const Needed needed = known->read(value, m_limits, m_behaviour)) {
            const QString instead = value ? u", not "_s + quoted(rawValue) : QString();
            return u"In the URL's query, %1 needs %2%3."_s.arg(known->name(), *needed, instead);
        }
        return std::nullopt;
    }

    std::optional<QString> finish() const
    {
        for (const Known &known : table) {
            if (isGiven(known.name()) && !known.companion.isEmpty() && !isGiven(known.companion)) {
                return u"In the URL's query, %1 needs %2 beside it."_s.arg(known.name(),
                                                                           known.companion);
            }
        }
        if (isGiven("reason"_L1) && !m_behaviour.closeCode) {
            return u"In the URL's query, reason and code=none exclude each other: without a code "
                   "a Close frame has no reason."_s;
        }
        return std::nullopt;
    }

    const Behaviour &behaviour() const { return m_behaviour; }

private:
    bool isGiven(QLatin1StringView name) const { return m_given.contains(name); }

    const Limits &m_limits;
    Behaviour m_behaviour;
    QList<QLatin1StringView> m_given;
};

} // namespace

std::optional<QString>
Behaviour::greetingInsteadOf(const std::optional<QString> &greetingOfServer) const
{
    if (greeting)
        return *greeting;
    return isSilent ? std::nullopt : greetingOfServer;
}

std::variant<Behaviour, QString> parseBehaviour(QByteArrayView query, const Limits &limits)
{
    if (query.isEmpty())
        return Behaviour();
    Parser parser(limits);
    for (const QByteArray &pair : query.toByteArray().split('&')) {
        if (pair.isEmpty())
            continue;
        if (const auto error = parser.take(pair))
            return *error;
    }
    if (const auto error = parser.finish())
        return *error;
    return parser.behaviour();
}

QString behaviourHelp()
{
    QString help =
        u"What one client may ask for in the query of its URL, any of it together (MS is\n"
        "milliseconds):\n"_s;
    const QString nextLine = u'\n' + QString(helpColumn, u' ');
    for (const Known &known : table) {
        help += u"  "_s + QString(known.label).leftJustified(helpColumn - 2)
            + QString(known.help).replace(u'\n', nextLine) + u'\n';
    }
    return help + u"for example ws://localhost:3000/?delay=500&close-after=3&code=4000\n"_s;
}

QByteArray numberedPayload(int number, qint64 size)
{
    const QByteArray digits = QByteArray::number(number);
    return size < digits.size() ? digits.last(size) : digits.leftJustified(size, '.');
}
