// SPDX-License-Identifier: MIT
#include "commandwriter.h"

#include "programwriter.h"
#include "shellwords.h"
#include "writernotes.h"

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr SocketLimits defaults;

QString shellLine(const QStringList &words)
{
    QStringList quoted;
    for (const QString &word : words)
        quoted += shellQuoted(word);
    return quoted.join(u' ');
}

WrittenCommand wscat(const ConnectionSettings &settings)
{
    QStringList words{u"wscat"_s, u"-c"_s, writtenAddress(settings)};
    for (const RequestHeader &header : writtenHeaders(settings))
        words += {u"-H"_s, header.name + u": "_s + header.value};
    for (const QString &subprotocol : settings.subprotocols)
        words += {u"-s"_s, subprotocol};
    const auto add = [&words](const QString &flag, const QString &value) {
        if (!value.isEmpty())
            words += {flag, value};
    };
    add(u"-o"_s, settings.origin);
    add(u"--ca"_s, settings.caFile);
    add(u"--cert"_s, settings.certificateFile);
    add(u"--key"_s, settings.keyFile);
    if (!settings.firstMessages.isEmpty())
        add(u"-x"_s, settings.firstMessages.first());
    WriterNotes notes(settings);
    notes.pin().pings().messageSize().timeout().add(settings.firstMessages.size() > 1,
                                                    u"All but the first message"_s);
    QStringList list = notes.list();
    if (!settings.firstMessages.isEmpty())
        list += u"wscat ends 2 s after it has sent a message of its command line."_s;
    return {shellLine(words), list};
}

WrittenCommand websocat(const ConnectionSettings &settings)
{
    // Flags that may be repeated would take what comes after them: hence "=", and the address
    // first.
    QStringList words{u"websocat"_s, writtenAddress(settings)};
    for (const RequestHeader &header : settings.headers)
        words += u"-H="_s + header.name + u": "_s + header.value;
    const auto add = [&words](const QString &flag, const QString &value) {
        if (!value.isEmpty())
            words += flag + u'=' + value;
    };
    add(u"--ua"_s, settings.userAgent);
    add(u"--protocol"_s, settings.subprotocols.join(u','));
    add(u"--origin"_s, settings.origin);
    // Without the flag websocat sends none, as with 0; ours by default are no wish of anybody.
    if (settings.pingInterval != 0
        && settings.pingInterval != ConnectionSettings::defaultPingInterval) {
        constexpr int second = 1'000;
        add(u"--ping-interval"_s, QString::number((settings.pingInterval + second - 1) / second));
    }
    if (settings.maxMessageSize != defaults.maxMessageSize)
        add(u"--max-ws-message-length"_s, QString::number(settings.maxMessageSize));
    for (const QString &message : settings.firstMessages)
        add(u"--preamble"_s, message);
    // The address of the file is the environment's: websocat has no flag for it.
    const QString environment =
        settings.caFile.isEmpty() ? QString() : u"SSL_CERT_FILE="_s + shellQuoted(settings.caFile);
    WriterNotes notes(settings);
    notes.pin().timeout().clientCertificate().add(settings.firstMessages.contains(QString()),
                                                  u"An empty message"_s);
    return {environment.isEmpty() ? shellLine(words) : environment + u' ' + shellLine(words),
            notes.list()};
}

} // namespace

WrittenCommand WrittenCommand::of(const ConnectionSettings &settings, Form form)
{
    switch (form) {
    case Form::Wscat:
        return wscat(settings);
    case Form::Websocat:
        return websocat(settings);
    case Form::JavaScript:
        return javaScriptProgram(settings);
    case Form::Python:
        return pythonProgram(settings);
    case Form::Qml:
        return qmlProgram(settings);
    case Form::Cpp:
        return cppProgram(settings);
    }
    return {};
}
