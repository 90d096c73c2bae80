// SPDX-License-Identifier: MIT
#include "commandline.h"

#include "address.h"
#include "quantity.h"

#include <QCommandLineParser>
#include <QFileInfo>

#include <cmath>
#include <optional>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr double maxWaitSeconds = 3600;

/// The options of awesome-chat, and the parser that knows them.
struct Options
{
    QCommandLineOption terminal{
        u"terminal"_s,
        u"Talk in the terminal instead: rows on standard output, lines from "
        "standard input. Ends at the end of the input once the replies are "
        "in."_s};
    QCommandLineOption wait{
        u"wait"_s,
        u"With --terminal: at the end of the input, how long to wait in silence "
        "for replies that are not the lines' echoes (default: 2); with --once, for the reply. With "
        "--replay: how much longer "
        "than then an answer may take (default: 10)."_s,
        u"SECONDS"_s};
    QCommandLineOption open{u"open"_s,
                            u"Read the conversation in FILE in the window. Without URL it connects "
                            "nowhere."_s,
                            u"FILE"_s};
    QCommandLineOption header{
        u"header"_s, u"A header of the request, \"Name: value\"; may be repeated."_s, u"HEADER"_s};
    QCommandLineOption subprotocol{
        u"subprotocol"_s, u"A subprotocol to offer, the preferred one first; may be repeated."_s,
        u"NAME"_s};
    QCommandLineOption origin{u"origin"_s, u"The Origin to name (default: none)."_s, u"ORIGIN"_s};
    QCommandLineOption ca{u"ca"_s, u"With wss://: trust the certificates in this file too."_s,
                          u"FILE"_s};
    QCommandLineOption cert{u"cert"_s, u"With wss://: show the server this certificate, in PEM."_s,
                            u"FILE"_s};
    QCommandLineOption key{u"key"_s, u"The key of --cert, in PEM and without a passphrase."_s,
                           u"FILE"_s};
    QCommandLineOption pin{u"pin"_s,
                           u"With wss://: trust the certificate with this SHA-256 fingerprint, and "
                           u"no other one, valid "
                           "or not."_s,
                           u"FINGERPRINT"_s};
    QCommandLineOption pingInterval{
        u"ping-interval"_s,
        u"How often to ping the server; one that answers two pings with nothing at all is gone. 0 "
        "is never (default: 20)."_s,
        u"SECONDS"_s};
    QCommandLineOption send{
        u"send"_s,
        u"Send this once connected, before what is typed and before the lines of "
        "standard input; may be repeated."_s,
        u"TEXT"_s};
    QCommandLineOption binary{
        u"binary"_s, u"With --terminal: send each line as a binary message, byte for byte."_s};
    QCommandLineOption raw{
        u"raw"_s,
        u"With --terminal: write messages that come as they are, a line each, and nothing else. "
        "(On a screen they stay rows.)"_s};
    QCommandLineOption once{
        u"once"_s,
        u"With --terminal: send one message, that of --send or the first line, and end with the "
        "reply; what the server said before is none."_s};
    QCommandLineOption replay{
        u"replay"_s,
        u"Send what was sent in the conversation in FILE once more, without a "
        "window, and end at the first answer that is not the one that came "
        "then. URL is the file's server by default."_s,
        u"FILE"_s};
    QCommandLineOption quiet{
        u"quiet"_s,
        u"With --replay: print no rows, and nothing at all when all answers are equal."_s};
    QCommandLineOption pace{u"pace"_s,
                            u"With --replay: whether to keep the pauses before what was sent: "
                            "original or none (default: none)."_s,
                            u"PACE"_s};
    QCommandLineOption noReconnect{
        u"no-reconnect"_s, u"Do not connect again by itself when the connection is lost."_s};
    QCommandLineOption privately{
        u"private"_s, u"Keep nothing: no transcript, no lines that wait, no addresses."_s};
    QCommandLineOption theme{u"theme"_s,
                             u"The window's colours: system, light or dark (default: system)."_s,
                             u"THEME"_s};
    QCommandLineOption help{{u"h"_s, u"help"_s}, u"Show this text and end."_s};
    QCommandLineOption version{{u"v"_s, u"version"_s}, u"Show the version and end."_s};
    QCommandLineParser parser;

    Options()
    {
        parser.setApplicationDescription(
            u"Opens a window for talking to the WebSocket server at URL: type a line, press "
            "Enter, see\nwhat comes back.\n\n"
            "With --terminal the exit code is 0 when the conversation went well, 1 when it did "
            "not (it\ncould not connect, the connection ended before everything was said, or no "
            "reply came),\nand 2 for a wrong option. With --replay it is 0 when every answer was "
            "equal, 1 when not,\nand 2 for a wrong option or a file that is no conversation."_s);
        parser.addPositionalArgument(
            u"URL"_s, u"Where to connect to (default: ws://localhost:3000)."_s, u"[URL]"_s);
        parser.addOptions({terminal,    header,    subprotocol, origin,       ca,     cert,
                           key,         pin,       send,        pingInterval, binary, raw,
                           once,        wait,      open,        replay,       quiet,  pace,
                           noReconnect, privately, theme,       help,         version});
    }
};

/// \a path as it can be kept.
QString absolutePath(const QString &path)
{
    return path.isEmpty() ? path : QFileInfo(path).absoluteFilePath();
}

/// Gives \a result, which has the address, what \a options say. Returns what is wrong with it, in
/// a sentence; empty when nothing is.
QString readTerminalOptions(const Options &options, TerminalOptions &result)
{
    const QCommandLineParser &parser = options.parser;
    for (const QCommandLineOption *option : {&options.binary, &options.raw, &options.once}) {
        if (parser.isSet(*option) && !parser.isSet(options.terminal))
            return u"--%1 is for --terminal, which is missing."_s.arg(option->names().constFirst());
    }
    for (const QCommandLineOption *option :
         {&options.header, &options.subprotocol, &options.origin, &options.ca, &options.cert,
          &options.key, &options.pin, &options.pingInterval, &options.send}) {
        if (!parser.isSet(*option))
            continue;
        if (parser.isSet(options.replay))
            return u"--%1 does not go with --replay."_s.arg(option->names().constFirst());
        if (result.connection.url.isEmpty() && parser.isSet(options.open))
            return u"--%1 is for a server, whose address is missing."_s.arg(
                option->names().constFirst());
    }
    ConnectionSettings &connection = result.connection;
    for (const QString &text : parser.values(options.header)) {
        const RequestHeader header = RequestHeader::fromText(text);
        // What is wrong is not repeated: it may be a secret.
        if (header.name.isEmpty())
            return u"--header takes a name and a value, like “Name: value”."_s;
        connection.headers += header;
    }
    connection.subprotocols = parser.values(options.subprotocol);
    connection.origin = parser.value(options.origin);
    connection.caFile = absolutePath(parser.value(options.ca));
    connection.certificateFile = absolutePath(parser.value(options.cert));
    connection.keyFile = absolutePath(parser.value(options.key));
    connection.pinnedFingerprint = parser.value(options.pin);
    if (parser.isSet(options.pingInterval)) {
        const QString value = parser.value(options.pingInterval);
        const std::optional<qint64> interval = Quantity::toMilliseconds(value);
        if (!interval || !std::in_range<int>(*interval))
            return u"--ping-interval takes seconds, or 0 for never, not “%1”."_s.arg(value);
        connection.pingInterval = static_cast<int>(*interval);
    }
    connection.firstMessages = parser.values(options.send);
    result.binary = parser.isSet(options.binary);
    result.raw = parser.isSet(options.raw);
    result.once = parser.isSet(options.once);
    if (result.once && connection.firstMessages.size() > 1)
        return u"--once sends one message; --send is there more than once."_s;
    // An address that is none is talked of in the conversation.
    ConnectionSettings checked = connection;
    if (!addressProblem(connection.url).isEmpty())
        checked.url = QUrl(u"wss://localhost"_s);
    return checked.problem();
}

} // namespace

CommandLine CommandLine::parse(const QStringList &arguments)
{
    Options options;
    QCommandLineParser &parser = options.parser;
    CommandLine result;
    const auto failed = [&result](const QString &error) {
        result.error = error;
        return result;
    };

    if (!parser.parse(arguments))
        return failed(parser.errorText());
    if (parser.isSet(options.help))
        result.action = Action::ShowHelp;
    else if (parser.isSet(options.version))
        result.action = Action::ShowVersion;
    result.terminal = parser.isSet(options.terminal);
    result.isPrivate = parser.isSet(options.privately);
    result.reconnect = !parser.isSet(options.noReconnect);

    if (parser.isSet(options.open)) {
        result.openFile = parser.value(options.open);
        result.url = QUrl();
        if (result.openFile.isEmpty())
            return failed(u"--open takes a file; its name is empty."_s);
        if (result.terminal || parser.isSet(options.replay))
            return failed(u"--open is for the window; it goes with neither --terminal nor "
                          "--replay."_s);
    }

    if (parser.isSet(options.replay)) {
        result.replayFile = parser.value(options.replay);
        result.url = QUrl();
        if (result.replayFile.isEmpty())
            return failed(u"--replay takes a file; its name is empty."_s);
        if (result.terminal)
            return failed(
                u"--replay and --terminal do not go together: a replay needs no input."_s);
    } else if (parser.isSet(options.quiet) || parser.isSet(options.pace)) {
        return failed(u"--quiet and --pace are for --replay FILE, which is missing."_s);
    }
    result.quiet = parser.isSet(options.quiet);
    if (parser.isSet(options.pace)) {
        const QString value = parser.value(options.pace);
        if (value == "original"_L1)
            result.pace = Pace::Original;
        else if (value != "none"_L1)
            return failed(u"--pace takes original or none, not “%1”."_s.arg(value));
    }

    if (parser.isSet(options.wait)) {
        bool ok = false;
        const QString value = parser.value(options.wait);
        const double seconds = value.toDouble(&ok);
        if (!ok || !(seconds >= 0 && seconds <= maxWaitSeconds))
            return failed(u"--wait takes seconds, from 0 to 3600, not “%1”."_s.arg(value));
        result.replayWait = static_cast<int>(std::lround(seconds * 1000));
        result.terminalOptions.wait = result.replayWait;
    }
    if (parser.isSet(options.theme)) {
        const QString value = parser.value(options.theme);
        if (value == "light"_L1)
            result.theme = Theme::Light;
        else if (value == "dark"_L1)
            result.theme = Theme::Dark;
        else if (value != "system"_L1)
            return failed(u"--theme takes system, light or dark, not “%1”."_s.arg(value));
    }

    const QStringList urls = parser.positionalArguments();
    if (urls.size() > 1)
        return failed(u"One address is enough; “%1” is one more."_s.arg(urls.at(1)));
    if (!urls.isEmpty() && urls.first().isEmpty())
        return failed(u"The address is empty."_s);
    if (!urls.isEmpty()) {
        const TypedAddress typed = typedAddress(urls.first());
        // A password is not to be seen, as other addresses are where the conversation would be.
        if (urls.first().contains(u'@') && !typed.problem.isEmpty())
            return failed(typed.problem);
        result.url = typed.problem.isEmpty() ? typed.url : QUrl(urls.first());
    }
    result.terminalOptions.connection.url = result.url;
    if (const QString problem = readTerminalOptions(options, result.terminalOptions);
        !problem.isEmpty())
        return failed(problem);
    return result;
}

QString CommandLine::helpText()
{
    return Options().parser.helpText();
}
