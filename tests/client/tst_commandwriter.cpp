// SPDX-License-Identifier: MIT
#include "commandparser.h"
#include "commandwriter.h"
#include "stringliteral.h"
#include "websocket.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QTest>

#include <memory>

using namespace Qt::Literals::StringLiterals;
using Form = WrittenCommand::Form;

class tst_CommandWriter : public QObject
{
    Q_OBJECT

    static ConnectionSettings plain()
    {
        ConnectionSettings settings;
        settings.url = QUrl(u"ws://localhost:3000"_s);
        return settings;
    }

    /// What could end a string, a word or a line, or be taken for something else.
    static QStringList hostile()
    {
        return {u"plain"_s,
                u"it's \"quoted\" \\ \\n"_s,
                u"two\nlines\r\n\t."_s,
                u"$(reboot) `reboot` $HOME ${x} #{x} %(x)s {x}"_s,
                u"</script><img src=x onerror=alert(1)><!--"_s,
                u"€ größe 😀 \U000e0041"_s,
                u"\u001b[31m\u0007\u00851\u00ad7"_s,
                u"\u202eevil\u200b9\u2028a\u2029"_s,
                u"'''\"\"\"'"_s,
                u"-x --y"_s,
                u"!history ; & | > /dev/null"_s,
                u"*/ // ?\?= ?\?/ \\u0041 \\x41"_s,
                u"\001"
                "234"_s};
    }

    static ConnectionSettings everything()
    {
        ConnectionSettings settings;
        settings.url = QUrl(u"wss://ann:secret@b\u00fccher.example/a b?c=d&e='f'&g=$(h)"_s);
        settings.headers = {{u"X-A"_s, u"it's \"b\" \\ $(c) `d` </script>"_s},
                            {u"__proto__"_s, u"e"_s},
                            {u"X-Empty"_s, QString()}};
        settings.userAgent = u"me/1 (a)"_s;
        settings.subprotocols = {u"v2"_s, u"v'1`"_s};
        settings.origin = u"https://example.org"_s;
        settings.maxMessageSize = 1'000;
        settings.handshakeTimeout = 2'500;
        settings.firstMessages = hostile();
        return settings;
    }

    static QString address() { return u"wss://xn--bcher-kva.example/a%20b?c=d&e='f'&g=$(h)"_s; }

    /// What \a program says.
    static QByteArray output(const QString &program, const QStringList &arguments)
    {
        QProcess process;
        process.start(program, arguments);
        const bool finished = process.waitForFinished();
        const QByteArray errors = process.readAllStandardError();
        if (!finished || process.exitCode() != 0 || !errors.isEmpty())
            qWarning("%s: %s", qPrintable(program), errors.constData());
        return process.readAllStandardOutput();
    }

    static QJsonObject json(const QByteArray &text)
    {
        return QJsonDocument::fromJson(text).object();
    }

private Q_SLOTS:
    void shortOnes()
    {
        const auto text = [](Form form) { return WrittenCommand::of(plain(), form).text; };
        QCOMPARE(text(Form::Wscat), u"wscat -c ws://localhost:3000/"_s);
        QCOMPARE(text(Form::Websocat), u"websocat ws://localhost:3000/"_s);
        QVERIFY(text(Form::JavaScript)
                    .startsWith("const socket = new WebSocket(\"ws://localhost:3000/\");\n"_L1));
        QVERIFY(text(Form::Python).contains("\n    \"ws://localhost:3000/\",\n"_L1));
        QVERIFY(text(Form::Qml).contains("import QtWebSockets\n"_L1));
        QVERIFY(text(Form::Cpp).contains("QUrl(u\"ws://localhost:3000/\"_s)"_L1));
        for (const Form form :
             {Form::Wscat, Form::Websocat, Form::JavaScript, Form::Python, Form::Qml, Form::Cpp})
            QCOMPARE(WrittenCommand::of(plain(), form).notes, QStringList());
    }

    void commandsForAShell_data()
    {
        QTest::addColumn<Form>("form");
        QTest::addColumn<QStringList>("words");

        QStringList words{u"wscat"_s,
                          u"-c"_s,
                          address(),
                          u"-H"_s,
                          u"X-A: it's \"b\" \\ $(c) `d` </script>"_s,
                          u"-H"_s,
                          u"__proto__: e"_s,
                          u"-H"_s,
                          u"X-Empty: "_s,
                          u"-H"_s,
                          u"User-Agent: me/1 (a)"_s,
                          u"-s"_s,
                          u"v2"_s,
                          u"-s"_s,
                          u"v'1`"_s,
                          u"-o"_s,
                          u"https://example.org"_s,
                          u"--ca"_s,
                          u"/it's/ca.pem"_s,
                          u"--cert"_s,
                          u"/cert.pem"_s,
                          u"--key"_s,
                          u"/key.pem"_s,
                          u"-x"_s,
                          u"plain"_s};
        QTest::newRow("wscat") << Form::Wscat << words;
        words = {u"websocat"_s,
                 address(),
                 u"-H=X-A: it's \"b\" \\ $(c) `d` </script>"_s,
                 u"-H=__proto__: e"_s,
                 u"-H=X-Empty: "_s,
                 u"--ua=me/1 (a)"_s,
                 u"--protocol=v2,v'1`"_s,
                 u"--origin=https://example.org"_s,
                 u"--max-ws-message-length=1000"_s};
        for (const QString &message : hostile())
            words += u"--preamble="_s + message;
        QTest::newRow("websocat") << Form::Websocat << words;
    }

    /// A shell reads the words that were meant, and the parser the connection that they came from.
    void commandsForAShell()
    {
        QFETCH(Form, form);
        QFETCH(QStringList, words);

        ConnectionSettings settings = everything();
        settings.caFile = u"/it's/ca.pem"_s;
        settings.certificateFile = u"/cert.pem"_s;
        settings.keyFile = u"/key.pem"_s;
        QString text = WrittenCommand::of(settings, form).text;
        QVERIFY(!text.contains(u'\n') && !text.contains("secret"_L1));

        const ParsedCommand parsed = ParsedCommand::of(text);
        QCOMPARE(parsed.problem, QString());
        ConnectionSettings expected = settings;
        expected.url = QUrl(address());
        expected.handshakeTimeout = ConnectionSettings().handshakeTimeout;
        if (form == Form::Wscat) {
            expected.maxMessageSize = ConnectionSettings().maxMessageSize;
            expected.firstMessages.resize(1);
        } else {
            expected.certificateFile.clear();
            expected.keyFile.clear();
        }
        QVERIFY(parsed.settings == expected);

        const QString environment = u"SSL_CERT_FILE='/it'\\''s/ca.pem' "_s;
        if (form == Form::Websocat) {
            QVERIFY(text.startsWith(environment));
            text.remove(0, environment.size());
        }
        QStringList read =
            QString::fromUtf8(output(u"bash"_s, {u"-c"_s, u"printf '%s\\0' "_s + text}))
                .split(u'\0');
        read.removeLast();
        QCOMPARE(read, words);
    }

    void javaScriptForABrowser()
    {
        ConnectionSettings settings = plain();
        settings.subprotocols = {u"v2"_s, u"v'1`"_s};
        settings.firstMessages = hostile();
        const QString text = WrittenCommand::of(settings, Form::JavaScript).text;
        QVERIFY(!text.contains("require"_L1));
        QVERIFY2(!text.contains(u'<'), qPrintable(text));
        const QString program =
            u"'use strict'; let said = { sent: [] };\n"
            "class WebSocket {\n"
            "    constructor(url, protocols) { said.url = url; said.protocols = protocols; }\n"
            "    send(message) { said.sent.push(message); }\n"
            "}\n%1\nsocket.onopen(); console.log(JSON.stringify(said));"_s.arg(text);
        const QJsonObject said = json(output(QStringLiteral(NODE_PROGRAM), {u"-e"_s, program}));
        QCOMPARE(said["url"_L1].toString(), u"ws://localhost:3000/"_s);
        QCOMPARE(said["protocols"_L1].toVariant().toStringList(), settings.subprotocols);
        QCOMPARE(said["sent"_L1].toVariant().toStringList(), settings.firstMessages);
    }

    void javaScriptForNode()
    {
        const ConnectionSettings settings = everything();
        const QString text = WrittenCommand::of(settings, Form::JavaScript).text;
        QVERIFY(!text.contains("secret"_L1));
        const QString program =
            u"let said = { sent: [] };\n"
            "const modules = { ws: class {\n"
            "    constructor(...all) { said.made = all; said.names = "
            "Object.keys(all[2].headers); }\n"
            "    on(event, slot) { if (event === 'open') setTimeout(slot); }\n"
            "    send(message) { said.sent.push(message); }\n"
            "} };\n"
            "(function (require) {\n%1\n})(name => modules[name]);\n"
            "setTimeout(() => console.log(JSON.stringify(said)), 1);"_s.arg(text);
        const QJsonObject said = json(output(QStringLiteral(NODE_PROGRAM), {u"-e"_s, program}));
        const QJsonArray made = said["made"_L1].toArray();
        QCOMPARE(made[0].toString(), address());
        QCOMPARE(made[1].toVariant().toStringList(), settings.subprotocols);
        const QJsonObject options = made[2].toObject();
        QCOMPARE(options["headers"_L1].toVariant().toMap(), settings.requestHeaders());
        QCOMPARE(options["origin"_L1].toString(), settings.origin);
        QCOMPARE(options["handshakeTimeout"_L1].toInt(), 2'500);
        QCOMPARE(options["maxPayload"_L1].toInt(), 1'000);
        QCOMPARE(said["sent"_L1].toVariant().toStringList(), settings.firstMessages);
    }

    void python()
    {
        ConnectionSettings settings = everything();
        settings.pingInterval = 1'500;
        settings.caFile = u"/it's/\"ca\".pem"_s;
        settings.certificateFile = u"/cert.pem"_s;
        settings.keyFile = u"/key.pem"_s;
        const QString text = WrittenCommand::of(settings, Form::Python).text;
        QVERIFY(!text.contains("secret"_L1));
        const QString program =
            u"import json, ssl, sys, types\n"
            "said = {'sent': [], 'tls': []}\n"
            "class Socket:\n"
            "    def __enter__(self): return self\n"
            "    def __exit__(self, *_): pass\n"
            "    def __iter__(self): return iter([])\n"
            "    def send(self, message): said['sent'].append(message)\n"
            "def connect(url, ssl, **more):\n"
            "    said.update(url=url, **more)\n"
            "    return Socket()\n"
            "class Context:\n"
            "    def load_verify_locations(self, *files): said['tls'] += files\n"
            "    def load_cert_chain(self, *files): said['tls'] += files\n"
            "ssl.create_default_context = Context\n"
            "for name in ('websockets', 'websockets.sync', 'websockets.sync.client'):\n"
            "    sys.modules[name] = types.ModuleType(name)\n"
            "sys.modules['websockets.sync.client'].connect = connect\n"
            "exec(compile(sys.argv[1], 'program', 'exec'))\n"
            "print(json.dumps(said))\n"_s;
        const QJsonObject said =
            json(output(QStringLiteral(PYTHON_PROGRAM), {u"-c"_s, program, text}));
        QCOMPARE(said["url"_L1].toString(), address());
        QStringList headers;
        for (const auto &header : said["additional_headers"_L1].toArray())
            headers += header.toVariant().toStringList();
        QCOMPARE(headers,
                 QStringList({u"X-A"_s, settings.headers[0].value, u"__proto__"_s, u"e"_s,
                              u"X-Empty"_s, QString()}));
        QCOMPARE(said["user_agent_header"_L1].toString(), settings.userAgent);
        QCOMPARE(said["subprotocols"_L1].toVariant().toStringList(), settings.subprotocols);
        QCOMPARE(said["origin"_L1].toString(), settings.origin);
        QCOMPARE(said["open_timeout"_L1].toDouble(), 2.5);
        QCOMPARE(said["ping_interval"_L1].toDouble(), 1.5);
        QCOMPARE(said["max_size"_L1].toInt(), 1'000);
        QCOMPARE(said["tls"_L1].toVariant().toStringList(),
                 QStringList({settings.caFile, settings.certificateFile, settings.keyFile}));
        QCOMPARE(said["sent"_L1].toVariant().toStringList(), settings.firstMessages);
    }

    void qml()
    {
        const ConnectionSettings settings = everything();
        const QString text = WrittenCommand::of(settings, Form::Qml).text;
        QVERIFY(!text.contains("secret"_L1));
        QQmlEngine engine;
        engine.addImportPath(u"qrc:/qt/qml"_s);
        QQmlComponent component(&engine);
        component.setData(text.toUtf8(), QUrl(u"qrc:/test.qml"_s));
        const std::unique_ptr<QObject> object(component.create());
        QVERIFY2(object, qPrintable(component.errorString()));
        auto *socket = qobject_cast<WebSocket *>(object.get());
        QVERIFY(socket);
        QVERIFY(socket->isActive());
        QCOMPARE(socket->url(), QUrl(address()));
        QCOMPARE(socket->requestHeaders(), settings.requestHeaders());
        QCOMPARE(socket->requestedSubprotocols(), settings.subprotocols);
        QCOMPARE(socket->origin(), settings.origin);
        QCOMPARE(socket->handshakeTimeout(), 2'500);
    }

    void literals_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<Language>("language");
        QTest::addColumn<QString>("literal");

        const auto row = [](const char *name, const QString &text, const char *js,
                            const char *python, const char *cpp) {
            const auto add = [&](const char *form, Language language, const char *literal) {
                QTest::addRow("%s, %s", name, form)
                    << text << language << QString::fromUtf8(literal);
            };
            add("JavaScript", Language::JavaScript, js);
            add("Python", Language::Python, python);
            add("C++", Language::Cpp, cpp);
        };
        row("nothing", QString(), "\"\"", "\"\"", "\"\"");
        row("plain", u"it's {x} $x %1 `y`"_s, "\"it's {x} $x %1 `y`\"", "\"it's {x} $x %1 `y`\"",
            "\"it's {x} $x %1 `y`\"");
        row("quotes", u"\"\\\""_s, "\"\\\"\\\\\\\"\"", "\"\\\"\\\\\\\"\"", "\"\\\"\\\\\\\"\"");
        row("lines", u"\n\r\t"_s, "\"\\n\\r\\t\"", "\"\\n\\r\\t\"", "\"\\n\\r\\t\"");
        row("control", u"\u001b1\u0085"_s, "\"\\u001b1\\u0085\"", "\"\\u001b1\\u0085\"",
            "\"\\0331\\205\"");
        row("NUL", QString(u'\0') + u'1', "\"\\u00001\"", "\"\\u00001\"", "\"\\0001\"");
        row("bidi", u"\u202e\u2028"_s, "\"\\u202e\\u2028\"", "\"\\u202e\\u2028\"",
            "\"\\u202e\\u2028\"");
        row("unseen", u"\U000e0041"_s, "\"\\udb40\\udc41\"", "\"\\U000e0041\"", "\"\\U000e0041\"");
        row("markup", u"</a>"_s, "\"\\u003c/a>\"", "\"</a>\"", "\"</a>\"");
        row("trigraph", u"?\?="_s, "\"?\?=\"", "\"?\?=\"", "\"?\\?=\"");
        row("letters", u"€😀"_s, "\"€😀\"", "\"€😀\"", "\"€😀\"");
        row("half a pair", QString(QChar(0xd800)), "\"?\"", "\"?\"", "\"?\"");
    }

    void literals()
    {
        QFETCH(QString, text);
        QFETCH(Language, language);
        QFETCH(QString, literal);
        QCOMPARE(stringLiteral(text, language), literal);
    }

    void cpp()
    {
        ConnectionSettings settings = everything();
        settings.caFile = u"/ca.pem"_s;
        settings.certificateFile = u"/cert.pem"_s;
        settings.keyFile = u"/key.pem"_s;
        const QString text = WrittenCommand::of(settings, Form::Cpp).text;
        QVERIFY(!text.contains("secret"_L1));
        for (const QString &line :
             {u"QWebSocket socket(u\"https://example.org\"_s);"_s,
              u"QUrl(u\"%1\"_s)"_s.arg(address()),
              u"request.setRawHeader(\"X-A\"_ba, \"it's \\\"b\\\" \\\\ $(c) `d` </script>\"_ba);"_s,
              u"request.setRawHeader(\"X-Empty\"_ba, \"\"_ba);"_s,
              u"options.setSubprotocols({u\"v2\"_s, u\"v'1`\"_s});"_s,
              u"socket.sendTextMessage(u\"two\\nlines\\r\\n\\t.\"_s);"_s,
              u"QFile key(u\"/key.pem\"_s);"_s, u"u\"/ca.pem\"_s, QSsl::Pem"_s,
              u"socket.setMaxAllowedIncomingMessageSize(1000);"_s})
            QVERIFY2(text.contains(line), qPrintable(line + u'\n' + text));
    }

    void whatIsLeftOutIsSaid()
    {
        ConnectionSettings settings = plain();
        settings.url.setScheme(u"wss"_s);
        settings.pinnedFingerprint = QString(64, u'a');
        settings.pingInterval = 1'000;
        settings.handshakeTimeout = 1;
        settings.firstMessages = {u"a"_s, QString()};
        const auto notes = [&](Form form) {
            return WrittenCommand::of(settings, form).notes.join(u'\n');
        };
        for (const Form form :
             {Form::Wscat, Form::Websocat, Form::JavaScript, Form::Python, Form::Qml, Form::Cpp})
            QVERIFY2(notes(form).contains("pinned"_L1), qPrintable(notes(form)));
        QVERIFY(notes(Form::Wscat).contains("All but the first message"_L1));
        QVERIFY(notes(Form::Websocat).contains("An empty message"_L1));
        QVERIFY(notes(Form::Wscat).contains("pings"_L1));
        QVERIFY(!notes(Form::Websocat).contains("pings"_L1));
        QVERIFY(notes(Form::Cpp).contains("connecting"_L1));
    }
};

QTEST_GUILESS_MAIN(tst_CommandWriter)
#include "tst_commandwriter.moc"
