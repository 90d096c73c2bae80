// SPDX-License-Identifier: MIT
#include "serverflags.h"

#include "limitflags.h"
#include "serveroptions.h"

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype helpWidth = 79;
constexpr qsizetype helpIndent = 27;

QList<Flag> flagsOfLimits()
{
    QList<Flag> flags;
    for (const LimitFlag &flag : limitFlags()) {
        const qint64 value = flag.value(Limits());
        const bool isUnset = value == 0 && !flag.unset.isEmpty();
        flags.append({flag.name, flag.valueName, flag.sentence,
                      isUnset ? QString(flag.unset) : QString::number(value)});
    }
    return flags;
}

QString described(const Flag &flag)
{
    QString line = u"  --"_s + flag.name;
    if (!flag.valueName.isEmpty())
        line += u' ' + flag.valueName;
    QString sentence = flag.sentence;
    if (flag.isRepeatable)
        sentence += u"; may be repeated"_s;
    QStringList words = sentence.split(u' ');
    if (!flag.defaultValue.isEmpty())
        words.append(u"(default: %1)"_s.arg(flag.defaultValue)); // not to be broken

    QString lines;
    const auto breakLine = [&] {
        lines += line + u'\n';
        line = QString(helpIndent, u' ');
    };
    if (line.size() >= helpIndent)
        breakLine();
    line = line.leftJustified(helpIndent);
    for (const QString &word : std::as_const(words)) {
        if (line.size() + 1 + word.size() > helpWidth)
            breakLine();
        line += u' ' + word;
    }
    return lines + line + u'\n';
}

} // namespace

QList<FlagGroup> flagGroups()
{
    const ServerOptions defaults;
    return {
        {u"Where and who"_s,
         {
             {listenFlag, u"ADDRESS"_s,
              u"an IP address, localhost (127.0.0.1 and ::1) or any (0.0.0.0 and ::)"_s,
              u"localhost"_s, true},
             {portFlag, u"N"_s, u"0 to 65535; 0 is any free port"_s,
              QString::number(defaults.port)},
             {tlsCertificateFlag, u"FILE"_s,
              u"speak TLS 1.2 and up (wss://) with this certificate and its chain, in PEM; SIGHUP "
              "reads it again"_s},
             {tlsKeyFlag, u"FILE"_s, u"the certificate's private key, in PEM"_s},
             {allowOriginFlag, u"ORIGIN"_s,
              u"serve pages of this origin only, and clients that are no browsers"_s, u"any"_s,
              true},
             {allowHostFlag, u"NAME"_s, u"answer to this name only"_s,
              u"any, or this machine's names on loopback"_s, true},
         }},
        {u"Limits (times are in milliseconds)"_s, flagsOfLimits()},
        {u"The rest"_s,
         {
             {greetingFlag, u"TEXT"_s, u"what a new client is sent first"_s,
              defaults.greeting.value_or(QString())},
             {noGreetingFlag, {}, u"send nothing first"_s},
             {threadsFlag, u"N"_s, u"threads that serve, each its share of the clients"_s,
              u"one per core"_s},
             {metricsPortFlag, u"N"_s,
              u"tell programs of this machine how the server is doing: /metrics for Prometheus and "
              "/healthz; 0 is any free port"_s,
              u"off"_s},
             {verboseFlag,
              {},
              u"log every message received (text up to 200 characters, binary up to 64 bytes)"_s},
             {helpFlag, {}, u"print this and exit"_s},
             {versionFlag, {}, u"print the version and exit"_s},
         }},
    };
}

QString flagsHelp()
{
    QStringList paragraphs;
    const QList<FlagGroup> groups = flagGroups();
    for (const FlagGroup &group : groups) {
        QString paragraph = group.title + u":\n"_s;
        for (const Flag &flag : group.flags)
            paragraph += described(flag);
        paragraphs.append(paragraph);
    }
    return paragraphs.join(u'\n');
}
