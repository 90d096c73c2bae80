// SPDX-License-Identifier: MIT
#include "serveroptions.h"

#include "behaviour.h"
#include "escape.h"
#include "limitflags.h"
#include "serverflags.h"

#include <QCommandLineParser>
#include <QUrl>

#include <algorithm>
#include <limits>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maxQuotedCharacters = 80;
constexpr qint64 maxPort = std::numeric_limits<quint16>::max();

QString quoted(const QString &word)
{
    return u'\'' + escaped(word, maxQuotedCharacters) + u'\'';
}

UsageError usageError(const QString &sentence)
{
    return {sentence + u"; --help lists the flags"_s};
}

/// Digits only: QString::toLongLong() takes blanks and signs too.
std::optional<qint64> parseNumber(const QString &word, qint64 smallest, qint64 largest)
{
    const auto isDigit = [](QChar c) { return c >= u'0' && c <= u'9'; };
    bool ok = std::all_of(word.cbegin(), word.cend(), isDigit);
    const qint64 number = ok ? word.toLongLong(&ok) : 0;
    return ok && number >= smallest && number <= largest ? std::optional(number) : std::nullopt;
}

QList<ListenAddress> parseAddress(const QString &word)
{
    if (word.compare("localhost"_L1, Qt::CaseInsensitive) == 0)
        return ServerOptions().addresses;
    if (word.compare("any"_L1, Qt::CaseInsensitive) == 0) {
        return {{QHostAddress(QHostAddress::AnyIPv4)}, {QHostAddress(QHostAddress::AnyIPv6), true}};
    }
    const bool inBrackets = word.startsWith(u'[') && word.endsWith(u']');
    const QString plain = inBrackets ? word.sliced(1, word.size() - 2) : word;
    const QHostAddress address(plain);
    const bool isIPv4 = address.protocol() == QAbstractSocket::IPv4Protocol;
    // QHostAddress also takes 127.1, 2130706433 and blanks, which are rather slips than addresses.
    const bool isSlip =
        isIPv4 ? inBrackets || address.toString() != plain : plain != plain.trimmed();
    if (address.isNull() || isSlip || address.isMulticast() || address.isBroadcast())
        return {};
    return {{address}};
}

/// What a browser sends as Origin: scheme, host and port alone (RFC 6454 6.2).
bool isOrigin(const QString &word)
{
    const QUrl url(word, QUrl::StrictMode);
    const bool isUrl = url.isValid() && !url.scheme().isEmpty() && !url.host().isEmpty()
        && url.path().isEmpty() && !url.hasQuery() && !url.hasFragment()
        && url.userInfo().isEmpty();
    return isUrl || word == "null"_L1;
}

/// What may stand in a Host header before the port.
bool isHost(const QString &word)
{
    const QUrl url(u"ws://"_s + word, QUrl::StrictMode);
    return url.isValid() && !url.host().isEmpty() && url.port() == -1 && url.path().isEmpty()
        && url.userInfo().isEmpty() && !word.endsWith(u':') && !url.hasQuery()
        && !url.hasFragment();
}

/// The first thing wrong with the words themselves, whatever their values.
std::optional<UsageError> structuralError(const QCommandLineParser &parser, bool parsed,
                                          const QStringList &arguments,
                                          const QStringList &repeatable)
{
    if (const QStringList unknown = parser.unknownOptionNames(); !unknown.isEmpty()) {
        const QString longFlag = u"--"_s + unknown.first();
        const bool isLong =
            std::any_of(arguments.cbegin(), arguments.cend(),
                        [&](const QString &word) { return word.startsWith(longFlag); });
        return usageError(u"unknown flag "_s + quoted(isLong ? longFlag : u'-' + unknown.first()));
    }
    if (!parsed) {
        // A flag without its value, or a switch with one: Qt's sentence names the flag.
        QString sentence = parser.errorText();
        sentence.front() = sentence.front().toLower();
        sentence.chop(1);
        return usageError(sentence);
    }
    if (const QStringList extra = parser.positionalArguments(); !extra.isEmpty())
        return usageError(u"unexpected word "_s + quoted(extra.first()));

    const QStringList given = parser.optionNames();
    for (const QString &name : given) {
        if (!repeatable.contains(name) && given.count(name) > 1)
            return usageError(u"--%1 is given more than once"_s.arg(name));
    }
    if (given.contains(tlsCertificateFlag) != given.contains(tlsKeyFlag))
        return usageError(u"--tls-certificate and --tls-key need each other"_s);
    if (given.contains(greetingFlag) && given.contains(noGreetingFlag))
        return usageError(u"--greeting and --no-greeting exclude each other"_s);
    return std::nullopt;
}

/// The value of \a flag in \a target, or what is wrong with it; untouched when the flag is not
/// given.
template<typename Number>
std::optional<UsageError> readNumber(const QCommandLineParser &parser, const QString &flag,
                                     qint64 smallest, qint64 largest, Number &target)
{
    if (!parser.isSet(flag))
        return std::nullopt;
    const QString word = parser.value(flag);
    const std::optional<qint64> number = parseNumber(word, smallest, largest);
    if (!number) {
        return usageError(u"--%1 needs a number from %2 to %3, not %4"_s.arg(
            flag, QString::number(smallest), QString::number(largest), quoted(word)));
    }
    target = Number(*number);
    return std::nullopt;
}

std::optional<UsageError> readLimits(const QCommandLineParser &parser, Limits &target)
{
    for (const LimitFlag &flag : limitFlags()) {
        qint64 value = flag.value(target);
        if (auto error = readNumber(parser, flag.name, flag.smallest, flag.largest, value))
            return error;
        flag.setValue(target, value);
    }
    if (const std::optional<QString> conflict = conflictIn(target))
        return usageError(*conflict);
    return std::nullopt;
}

std::optional<UsageError> readAddresses(const QCommandLineParser &parser,
                                        QList<ListenAddress> &target)
{
    QList<ListenAddress> addresses;
    const QStringList words = parser.values(listenFlag);
    for (const QString &word : words) {
        const QList<ListenAddress> parsed = parseAddress(word);
        if (parsed.isEmpty()) {
            return usageError(
                u"--listen needs an IP address, localhost or any, not %1"_s.arg(quoted(word)));
        }
        addresses += parsed;
    }
    if (!addresses.isEmpty())
        target = addresses;
    return std::nullopt;
}

} // namespace

ParsedOptions parseServerOptions(const QStringList &arguments)
{
    const QString noDescription; // serverHelp() describes the flags
    QCommandLineParser parser;
    QStringList repeatable;
    const QList<FlagGroup> groups = flagGroups();
    for (const FlagGroup &group : groups) {
        for (const Flag &flag : group.flags) {
            parser.addOption({flag.name, noDescription, flag.valueName});
            if (flag.isRepeatable)
                repeatable.append(flag.name);
        }
    }
    parser.setSingleDashWordOptionMode(QCommandLineParser::ParseAsLongOptions);
    const bool parsed = parser.parse(arguments);

    if (parser.isSet(helpFlag))
        return InfoRequest::Help;
    if (parser.isSet(versionFlag))
        return InfoRequest::Version;
    if (const auto error = structuralError(parser, parsed, arguments, repeatable))
        return *error;

    ServerOptions options;
    if (const auto error = readAddresses(parser, options.addresses))
        return *error;
    if (const auto error = readNumber(parser, portFlag, 0, maxPort, options.port))
        return *error;
    if (parser.isSet(metricsPortFlag)) {
        if (const auto error =
                readNumber(parser, metricsPortFlag, 0, maxPort, options.metricsPort.emplace()))
            return *error;
    }
    if (const auto error =
            readNumber(parser, threadsFlag, 1, ServerOptions::maxThreads, options.threads))
        return *error;
    if (const auto error = readLimits(parser, options.limits))
        return *error;
    options.tlsCertificate = parser.value(tlsCertificateFlag);
    options.tlsKey = parser.value(tlsKeyFlag);
    options.allowedOrigins = parser.values(allowOriginFlag);
    for (const QString &origin : std::as_const(options.allowedOrigins)) {
        if (!isOrigin(origin)) {
            return usageError(u"--allow-origin needs an origin such as https://example.org, or "
                              "null, not %1"_s.arg(quoted(origin)));
        }
    }
    options.allowedHosts = parser.values(allowHostFlag);
    for (const QString &host : std::as_const(options.allowedHosts)) {
        if (!isHost(host)) {
            return usageError(
                u"--allow-host needs a name or an address without a port, not %1"_s.arg(
                    quoted(host)));
        }
    }
    if (parser.isSet(greetingFlag))
        options.greeting = parser.value(greetingFlag);
    if (parser.isSet(noGreetingFlag))
        options.greeting.reset();
    options.isVerbose = parser.isSet(verboseFlag);
    return options;
}

QString serverHelp()
{
    return uR"(Usage: awesome-chat-server [FLAG...]
Greets every WebSocket client and sends each of its messages back.

)"_s + flagsHelp()
        + u'\n' + behaviourHelp() + uR"(
Examples:
  awesome-chat-server                    for clients on this machine
  awesome-chat-server --listen any       for the whole network
  awesome-chat-server --port 8080 --no-greeting --verbose

The addresses listened on are printed on standard output, the log on standard
error. SIGINT (Ctrl+C) and SIGTERM close all connections and end the server; a
second one does not wait for the clients. The exit status is 0, or 1 when an
address cannot be listened on, or 2 when a flag is wrong.
)"_s;
}
