// SPDX-License-Identifier: MIT
#include "commandparser.h"
#include "serversettings.h"
#include "websocket.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_ServerSettings : public QObject
{
    Q_OBJECT

    static ConnectionSettings withHeader(const QUrl &url, const QString &name, const QString &value)
    {
        ConnectionSettings settings;
        settings.url = url;
        settings.headers = {{name, value}};
        return settings;
    }

private Q_SLOTS:
    void eachServerHasItsOwn()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"servers.ini"_s);
        const QUrl one(u"wss://one/a"_s);
        {
            ServerSettings settings;
            settings.setFile(file);
            const QSignalSpy saved(&settings, &ServerSettings::saved);
            ConnectionSettings changed = withHeader(one, u"A"_s, u"b"_s);
            changed.subprotocols = {u"chat"_s};
            changed.origin = u"https://a"_s;
            changed.maxMessageSize = 1234;
            changed.handshakeTimeout = 567;
            changed.pingInterval = 5'000;
            changed.reconnect = false;
            changed.firstMessages = {u"hello"_s};
            changed.caFile = u"/ca.pem"_s;
            settings.save(changed);
            QCOMPARE(saved.count(), 1);
            QCOMPARE(settings.problem(), QString());
        }
        ServerSettings settings;
        settings.setFile(file);
        WebSocket socket;
        settings.applyTo(&socket, QUrl(u"wss://one/b"_s)); // another path of the same server
        QCOMPARE(socket.url(), QUrl());
        QCOMPARE(socket.requestHeaders(), QVariantMap({{u"A"_s, u"b"_s}}));
        QCOMPARE(socket.requestedSubprotocols(), QStringList({u"chat"_s}));
        QCOMPARE(socket.origin(), u"https://a"_s);
        QCOMPARE(socket.maxMessageSize(), 1234);
        QCOMPARE(socket.handshakeTimeout(), 567);
        QCOMPARE(socket.tlsFiles().ca, u"/ca.pem"_s);
        QCOMPARE(settings.pingInterval(), 5'000);
        QCOMPARE(settings.reconnect(), false);
        QCOMPARE(settings.firstMessages(), QStringList({u"hello"_s}));

        // Nothing of it is told to another one.
        settings.applyTo(&socket, QUrl(u"wss://two/"_s));
        QVERIFY(socket.requestHeaders().isEmpty() && socket.origin().isEmpty());
        QVERIFY(socket.requestedSubprotocols().isEmpty() && socket.tlsFiles().ca.isEmpty());
        QCOMPARE(socket.maxMessageSize(), WebSocket::defaultMaxMessageSize);
        QCOMPARE(settings.reconnect(), true);
        QVERIFY(settings.firstMessages().isEmpty());
    }

    void flagsLieOverWhatIsKept()
    {
        const QUrl url(u"ws://one/"_s);
        ServerSettings settings;
        ConnectionSettings kept = withHeader(url, u"Authorization"_s, u"kept"_s);
        kept.headers += {u"X-Other"_s, u"kept"_s};
        kept.origin = u"https://kept"_s;
        kept.userAgent = u"kept"_s;
        settings.save(kept);
        ConnectionSettings flags = withHeader(url, u"authorization"_s, u"flag"_s);
        flags.headers += {u"user-agent"_s, u"flag"_s};
        flags.subprotocols = {u"chat"_s};
        settings.setFlags(QVariant::fromValue(flags));

        const ConnectionSettings both = settings.settings(url);
        QCOMPARE(both.headers,
                 QList<RequestHeader>({{u"X-Other"_s, u"kept"_s},
                                       {u"authorization"_s, u"flag"_s},
                                       {u"user-agent"_s, u"flag"_s}}));
        QCOMPARE(both.problem(), QString());
        QCOMPARE(both.origin, u"https://kept"_s);
        QCOMPARE(both.subprotocols, QStringList({u"chat"_s}));
        QVERIFY(settings.settings(QUrl(u"ws://two/"_s)).headers.isEmpty());

        // They are not kept with a fingerprint, but where somebody saves what was seen.
        settings.setPinnedFingerprint(url, QString());
        settings.setFlags({});
        QCOMPARE(settings.settings(url), kept);
        settings.setFlags(QVariant::fromValue(flags));
        settings.save(both);
        QVERIFY(settings.flags().value<ConnectionSettings>().url.isEmpty());
        QCOMPARE(settings.settings(url), both);
    }

    void aFingerprintIsKeptAtOnce()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"servers.ini"_s);
        const QUrl url(u"wss://one/"_s);
        const QString fingerprint = u"ab"_s.repeated(32);
        ServerSettings settings;
        settings.setFile(file);
        settings.save(withHeader(url, u"A"_s, u"b"_s));
        settings.setPinnedFingerprint(url, fingerprint);
        ServerSettings other;
        other.setFile(file);
        ConnectionSettings kept = other.settings(url);
        QCOMPARE(kept.pinnedFingerprint, normalizedFingerprint(fingerprint));
        QCOMPARE(kept.headers.size(), 1);
        other.setPinnedFingerprint(url, {});
        QCOMPARE(settings.settings(url).pinnedFingerprint, QString());
    }

    void aConnectionIsCopied()
    {
        const QUrl url(u"ws://one/a"_s);
        ServerSettings settings;
        ConnectionSettings kept = withHeader(url, u"X-A"_s, u"it's"_s);
        kept.pingInterval = 30'000;
        settings.save(kept);
        settings.applyTo(nullptr, url);
        const auto copied = [&](ServerSettings::Form form, QString *said = nullptr) {
            QGuiApplication::clipboard()->clear();
            const QString words = settings.copyAs(url, form);
            if (said)
                *said = words;
            return QGuiApplication::clipboard()->text();
        };
        QString said;
        const ParsedCommand wscat = ParsedCommand::of(copied(ServerSettings::Wscat, &said));
        QCOMPARE(wscat.problem, QString());
        QCOMPARE(wscat.settings.headers, kept.headers);
        QVERIFY2(said.contains("pings was left out"_L1) && !said.contains("secrets"_L1),
                 qPrintable(said));
        const ParsedCommand websocat = ParsedCommand::of(copied(ServerSettings::Websocat));
        QCOMPARE(websocat.settings.pingInterval, 30'000);
        QVERIFY(copied(ServerSettings::JavaScript).contains("ws://one/a"_L1));
        QVERIFY(copied(ServerSettings::Python).contains("import "_L1));
        QVERIFY(copied(ServerSettings::Qml).contains("WebSocket {"_L1));
        QVERIFY(copied(ServerSettings::Cpp).contains("QWebSocket socket"_L1));

        // What may be a secret is told of, wherever it is.
        QVERIFY(settings.copyAs(QUrl(u"ws://one/?access_token=x"_s), 0).contains("secrets"_L1));
        kept.firstMessages = {u"{\"password\": \"x\"}"_s};
        settings.save(kept);
        settings.applyTo(nullptr, url);
        QVERIFY(settings.copyAs(url, ServerSettings::Wscat).contains("secrets"_L1));
        // Where there is nothing to copy, the clipboard stays.
        const QString before = QGuiApplication::clipboard()->text();
        QVERIFY(settings.copyAs(QUrl(), 0).contains("No address"_L1));
        QCOMPARE(QGuiApplication::clipboard()->text(), before);
    }

    void aFileThatCannotBeWrittenIsToldOf()
    {
        ServerSettings settings;
        settings.setFile(u"/proc/servers.ini"_s);
        const QSignalSpy told(&settings, &ServerSettings::problemChanged);
        settings.save(withHeader(QUrl(u"ws://one/"_s), u"A"_s, u"b"_s));
        QCOMPARE(told.count(), 1);
        QVERIFY2(settings.problem().contains("cannot be kept"_L1), qPrintable(settings.problem()));
        QCOMPARE(settings.settings(QUrl(u"ws://one/"_s)).headers.size(), 1);
    }
};

QTEST_MAIN(tst_ServerSettings)
#include "tst_serversettings.moc"
