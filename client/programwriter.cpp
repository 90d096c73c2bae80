// SPDX-License-Identifier: MIT
#include "programwriter.h"

#include "stringliteral.h"
#include "writernotes.h"

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr SocketLimits defaults;

/// Literals of \a texts with commas between them.
QString literals(const QStringList &texts, Language language)
{
    QStringList list;
    for (const QString &text : texts)
        list += stringLiteral(text, language);
    return list.join(", "_L1);
}

QString jsObject(const QList<RequestHeader> &headers)
{
    QStringList members;
    for (const RequestHeader &header : headers) {
        const QString name = stringLiteral(header.name, Language::JavaScript);
        // Without brackets that name would set the prototype.
        members += (header.name == "__proto__"_L1 ? u'[' + name + u']' : name) + u": "_s
            + stringLiteral(header.value, Language::JavaScript);
    }
    return u"{ "_s + members.join(", "_L1) + u" }"_s;
}

QString jsSends(const QStringList &messages, const QString &indent, QLatin1StringView object)
{
    QString sends;
    for (const QString &message : messages)
        sends += indent + object + u'(' + stringLiteral(message, Language::JavaScript) + ");\n"_L1;
    return sends;
}

QString jsArguments(const ConnectionSettings &settings)
{
    QString arguments = stringLiteral(writtenAddress(settings), Language::JavaScript);
    if (!settings.subprotocols.isEmpty())
        arguments += u", ["_s + literals(settings.subprotocols, Language::JavaScript) + u']';
    return arguments;
}

WrittenCommand browserJavaScript(const ConnectionSettings &settings)
{
    QString text = u"const socket = new WebSocket("_s + jsArguments(settings) + u");\n"_s;
    if (!settings.firstMessages.isEmpty()) {
        text += u"socket.onopen = () => {\n"_s
            + jsSends(settings.firstMessages, u"    "_s, "socket.send"_L1) + u"};\n"_s;
    }
    text += u"socket.onmessage = event => console.log(event.data);\n"
            "socket.onclose = event => console.log(\"closed:\", event.code, event.reason);\n"_s;
    return {text, WriterNotes(settings).pings().list()};
}

WrittenCommand nodeJavaScript(const ConnectionSettings &settings)
{
    QString options;
    const auto add = [&options](const QString &name, const QString &value) {
        options += u"    "_s + name + u": "_s + value + u",\n"_s;
    };
    const auto file = [](const QString &name) {
        return u"fs.readFileSync("_s + stringLiteral(name, Language::JavaScript) + u')';
    };
    if (const auto headers = writtenHeaders(settings); !headers.isEmpty())
        add(u"headers"_s, jsObject(headers));
    if (!settings.origin.isEmpty())
        add(u"origin"_s, stringLiteral(settings.origin, Language::JavaScript));
    if (settings.handshakeTimeout != defaults.handshakeTimeout)
        add(u"handshakeTimeout"_s, QString::number(settings.handshakeTimeout));
    if (settings.maxMessageSize != defaults.maxMessageSize)
        add(u"maxPayload"_s, QString::number(settings.maxMessageSize));
    if (!settings.caFile.isEmpty())
        add(u"ca"_s, u"[...tls.rootCertificates, "_s + file(settings.caFile) + u']');
    if (!settings.certificateFile.isEmpty())
        add(u"cert"_s, file(settings.certificateFile));
    if (!settings.keyFile.isEmpty())
        add(u"key"_s, file(settings.keyFile));

    QString text;
    if (settings.hasTlsSettings())
        text += u"const fs = require(\"node:fs\");\nconst tls = require(\"node:tls\");\n"_s;
    text += u"const WebSocket = require(\"ws\");\n\nconst socket = new WebSocket("_s
        + jsArguments(settings) + u", {\n"_s + options + u"});\n"_s;
    if (!settings.firstMessages.isEmpty()) {
        text += u"socket.on(\"open\", () => {\n"_s
            + jsSends(settings.firstMessages, u"    "_s, "socket.send"_L1) + u"});\n"_s;
    }
    text += u"socket.on(\"message\", data => console.log(data.toString()));\n"
            "socket.on(\"close\", (code, reason) => console.log(\"closed:\", code, "
            "reason.toString()));\n"
            "socket.on(\"error\", error => console.error(error.message));\n"_s;
    return {text, WriterNotes(settings).pin().pings().list()};
}

/// Whether there is more than a browser, or Qt's element, can be told.
bool needsMore(const ConnectionSettings &settings)
{
    return !writtenHeaders(settings).isEmpty() || !settings.origin.isEmpty()
        || settings.hasTlsSettings() || settings.handshakeTimeout != defaults.handshakeTimeout
        || settings.maxMessageSize != defaults.maxMessageSize;
}

QString cppLiteral(const QString &text)
{
    return u'u' + stringLiteral(text, Language::Cpp) + u"_s"_s;
}

QString cppTls(const ConnectionSettings &settings)
{
    QString text;
    if (settings.caFile.isEmpty() && settings.certificateFile.isEmpty())
        return text;
    text += u"\n    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();\n"_s;
    if (!settings.caFile.isEmpty()) {
        text += u"    tls.addCaCertificates(QSslCertificate::fromPath(\n        "_s
            + cppLiteral(settings.caFile)
            + u", QSsl::Pem, QSslCertificate::PatternSyntax::FixedString));\n"_s;
    }
    if (!settings.certificateFile.isEmpty()) {
        text += u"    tls.setLocalCertificateChain(QSslCertificate::fromPath(\n        "_s
            + cppLiteral(settings.certificateFile)
            + u", QSsl::Pem, QSslCertificate::PatternSyntax::FixedString));\n"
              "    QFile key("_s
            + cppLiteral(settings.keyFile)
            + u");\n    if (key.open(QIODevice::ReadOnly))\n"
              "        tls.setPrivateKey(QSslKey(&key, QSsl::Rsa)); // or QSsl::Ec\n"_s;
    }
    return text + u"    socket.setSslConfiguration(tls);\n"_s;
}

} // namespace

WrittenCommand javaScriptProgram(const ConnectionSettings &settings)
{
    return needsMore(settings) ? nodeJavaScript(settings) : browserJavaScript(settings);
}

WrittenCommand pythonProgram(const ConnectionSettings &settings)
{
    const auto literal = [](const QString &text) { return stringLiteral(text, Language::Python); };
    QString arguments = u"    "_s + literal(writtenAddress(settings)) + u",\n"_s;
    const auto add = [&arguments](const QString &name, const QString &value) {
        arguments += u"    "_s + name + u'=' + value + u",\n"_s;
    };
    QStringList headers;
    for (const RequestHeader &header : settings.headers)
        headers += u'(' + literal(header.name) + u", "_s + literal(header.value) + u')';
    if (!headers.isEmpty())
        add(u"additional_headers"_s, u'[' + headers.join(", "_L1) + u']');
    if (!settings.userAgent.isEmpty())
        add(u"user_agent_header"_s, literal(settings.userAgent));
    if (!settings.subprotocols.isEmpty())
        add(u"subprotocols"_s, u'[' + literals(settings.subprotocols, Language::Python) + u']');
    if (!settings.origin.isEmpty())
        add(u"origin"_s, literal(settings.origin));
    if (settings.handshakeTimeout != defaults.handshakeTimeout)
        add(u"open_timeout"_s, QString::number(settings.handshakeTimeout / 1000.0));
    if (settings.maxMessageSize != defaults.maxMessageSize)
        add(u"max_size"_s, QString::number(settings.maxMessageSize));
    // As many as by default there, too.
    if (settings.pingInterval != ConnectionSettings::defaultPingInterval) {
        add(u"ping_interval"_s,
            settings.pingInterval == 0 ? u"None"_s
                                       : QString::number(settings.pingInterval / 1000.0));
    }

    QString text;
    const bool hasFiles = !settings.caFile.isEmpty() || !settings.certificateFile.isEmpty();
    if (hasFiles)
        text += u"import ssl\n"_s;
    text += u"from websockets.sync.client import connect\n\n"_s;
    if (hasFiles) {
        text += u"tls = ssl.create_default_context()\n"_s;
        if (!settings.caFile.isEmpty())
            text += u"tls.load_verify_locations("_s + literal(settings.caFile) + u")\n"_s;
        if (!settings.certificateFile.isEmpty()) {
            text += u"tls.load_cert_chain("_s + literal(settings.certificateFile) + u", "_s
                + literal(settings.keyFile) + u")\n"_s;
        }
        text += u'\n';
        add(u"ssl"_s, u"tls"_s);
    }
    text += u"with connect(\n"_s + arguments + u") as socket:\n"_s;
    for (const QString &message : settings.firstMessages)
        text += u"    socket.send("_s + literal(message) + u")\n"_s;
    text += u"    for message in socket:\n        print(message)\n"_s;
    return {text, WriterNotes(settings).pin().list()};
}

WrittenCommand qmlProgram(const ConnectionSettings &settings)
{
    const auto literal = [](const QString &text) {
        return stringLiteral(text, Language::JavaScript);
    };
    QString text = needsMore(settings) ? u"import QtQml\nimport AwesomeChat\n\n"_s
                                       : u"import QtQml\nimport QtWebSockets\n\n"_s;
    const auto add = [&text](const QString &name, const QString &value) {
        text += u"    "_s + name + u": "_s + value + u'\n';
    };
    text += u"WebSocket {\n"_s;
    add(u"url"_s, literal(writtenAddress(settings)));
    if (!settings.subprotocols.isEmpty()) {
        add(u"requestedSubprotocols"_s,
            u'[' + literals(settings.subprotocols, Language::JavaScript) + u']');
    }
    if (!settings.origin.isEmpty())
        add(u"origin"_s, literal(settings.origin));
    if (const auto headers = writtenHeaders(settings); !headers.isEmpty())
        add(u"requestHeaders"_s, u'(' + jsObject(headers) + u')');
    if (settings.handshakeTimeout != defaults.handshakeTimeout)
        add(u"handshakeTimeout"_s, QString::number(settings.handshakeTimeout));
    add(u"active"_s, u"true"_s);
    if (!settings.firstMessages.isEmpty()) {
        text += u"    onStatusChanged: status => {\n        if (status === WebSocket.Open) {\n"_s
            + jsSends(settings.firstMessages, u"            "_s, "sendTextMessage"_L1)
            + u"        }\n    }\n"_s;
    }
    text += u"    onTextMessageReceived: message => console.log(message)\n}\n"_s;
    return {text, WriterNotes(settings).pin().pings().messageSize().certificates().list()};
}

WrittenCommand cppProgram(const ConnectionSettings &settings)
{
    const auto bytes = [](const QString &text) {
        return stringLiteral(text, Language::Cpp) + u"_ba"_s;
    };
    QString text = u"#include <QtCore>\n#include <QtNetwork>\n#include <QtWebSockets>\n\n"
                   "using namespace Qt::Literals::StringLiterals;\n\n"
                   "int main(int argc, char *argv[])\n{\n"
                   "    QCoreApplication application(argc, argv);\n"
                   "    QWebSocket socket"_s
        + (settings.origin.isEmpty() ? QString() : u'(' + cppLiteral(settings.origin) + u')')
        + u";\n"_s;
    if (!settings.firstMessages.isEmpty()) {
        text += u"    QObject::connect(&socket, &QWebSocket::connected, &socket, [&socket] {\n"_s;
        for (const QString &message : settings.firstMessages)
            text += u"        socket.sendTextMessage("_s + cppLiteral(message) + u");\n"_s;
        text += u"    });\n"_s;
    }
    text += u"    QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket,\n"
            "                     [](const QString &message) { qInfo().noquote() << message; });\n"
            "    QObject::connect(&socket, &QWebSocket::disconnected, &application,\n"
            "                     &QCoreApplication::quit, Qt::QueuedConnection);\n"_s;
    text += cppTls(settings);
    text += u"\n    QNetworkRequest request(QUrl("_s + cppLiteral(writtenAddress(settings))
        + u"));\n"_s;
    for (const RequestHeader &header : writtenHeaders(settings)) {
        text += u"    request.setRawHeader("_s + bytes(header.name) + u", "_s + bytes(header.value)
            + u");\n"_s;
    }
    text += u"    QWebSocketHandshakeOptions options;\n"_s;
    if (!settings.subprotocols.isEmpty()) {
        QStringList names;
        for (const QString &subprotocol : settings.subprotocols)
            names += cppLiteral(subprotocol);
        text += u"    options.setSubprotocols({"_s + names.join(", "_L1) + u"});\n"_s;
    }
    if (settings.maxMessageSize != defaults.maxMessageSize) {
        text +=
            u"    socket.setMaxAllowedIncomingMessageSize(%1);\n"_s.arg(settings.maxMessageSize);
    }
    text += u"    socket.open(request, options);\n    return application.exec();\n}\n"_s;
    return {text, WriterNotes(settings).pin().pings().timeout().list()};
}
