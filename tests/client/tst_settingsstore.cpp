// SPDX-License-Identifier: MIT
#include "settingsstore.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_SettingsStore : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_file;

    static QUrl numbered(qsizetype number) { return QUrl(u"ws://host%1:3000/a?b=c"_s.arg(number)); }

    static ConnectionSettings everything()
    {
        ConnectionSettings settings;
        settings.url = QUrl(u"wss://example.org/chat"_s);
        settings.headers = {{u"X-B"_s, u"1, \"2\"; three=%20 @\\"_s},
                            {u"X-A"_s, QString()},
                            {u"Cookie"_s, u"a=b; c=d"_s}};
        settings.subprotocols = {u"v2"_s, u"v1"_s};
        settings.origin = u"https://example.org"_s;
        settings.userAgent = u"me/1, really"_s;
        settings.maxMessageSize = 1'000'000'000;
        settings.handshakeTimeout = 1;
        settings.pingInterval = 60'000;
        settings.reconnect = false;
        settings.firstMessages = {u"{\"a\": [1, 2]}"_s, QString(),       u"two\nlines\r\n\t"_s,
                                  u"€ 😀 \u202e"_s,      u"@Invalid()"_s, u" blanks "_s};
        settings.caFile = u"/a b/ca.pem"_s;
        settings.certificateFile = u"/größe/cert.pem"_s;
        settings.keyFile = u"C:\\key.pem"_s;
        settings.pinnedFingerprint = u"AB:"_s.repeated(31) + u"AB"_s;
        return settings;
    }

private Q_SLOTS:
    void init()
    {
        m_file = m_folder.filePath(
            u"%1/sub/servers.ini"_s.arg(QLatin1StringView(QTest::currentTestFunction())));
    }

    void theDefaultIsInTheFolderForConfigurations()
    {
        qputenv("XDG_CONFIG_HOME", QFile::encodeName(m_folder.path()));
        QCOMPARE(SettingsStore::defaultFileName(),
                 m_folder.filePath(u"awesome-chat/servers.ini"_s));
    }

    void nothingYet()
    {
        SettingsStore store(m_file);
        QCOMPARE(store.history(), QList<QUrl>());
        ConnectionSettings defaults;
        defaults.url = numbered(1);
        QCOMPARE(store.settings(numbered(1)), defaults);
        QVERIFY(!QFile::exists(m_file));
    }

    void historyIsNewestFirst()
    {
        {
            SettingsStore store(m_file);
            for (const int number : {1, 2, 3, 1})
                store.addToHistory(numbered(number));
            QCOMPARE(store.problem(), QString());
        }
        SettingsStore store(m_file);
        QCOMPARE(store.history(), QList<QUrl>({numbered(1), numbered(3), numbered(2)}));
        store.removeFromHistory(numbered(3));
        QCOMPARE(SettingsStore(m_file).history(), QList<QUrl>({numbered(1), numbered(2)}));
        store.clearHistory();
        QCOMPARE(SettingsStore(m_file).history(), QList<QUrl>());
    }

    void historyIsBounded()
    {
        SettingsStore store(m_file);
        for (qsizetype i = 0; i < SettingsStore::maxHistory + 5; ++i)
            store.addToHistory(numbered(i));
        const QList<QUrl> history = SettingsStore(m_file).history();
        QCOMPARE(history.size(), SettingsStore::maxHistory);
        QCOMPARE(history.first(), numbered(SettingsStore::maxHistory + 4));
        QCOMPARE(history.last(), numbered(5));
    }

    void passwordsAreNotKept()
    {
        const QUrl url(u"wss://ann:secret@example.org/a"_s);
        SettingsStore store(m_file);
        store.addToHistory(url);
        ConnectionSettings settings;
        settings.url = url;
        store.save(settings);
        QCOMPARE(store.history(), QList<QUrl>{QUrl(u"wss://example.org/a"_s)});
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY(text.contains("example.org"));
        QVERIFY2(!text.contains("secret") && !text.contains("ann"), text.constData());
        store.removeFromHistory(url);
        QCOMPARE(store.history(), QList<QUrl>());
    }

    void onlyTheOwnerCanReadIt()
    {
        SettingsStore(m_file).addToHistory(numbered(1));
        const auto others =
            QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        QVERIFY(QFile::exists(m_file));
        QCOMPARE(QFile::permissions(m_file) & others, QFile::Permissions());
    }

    void settingsAreKeptForEachServer()
    {
        const ConnectionSettings settings = everything();
        SettingsStore(m_file).save(settings);
        SettingsStore store(m_file);
        QCOMPARE(store.settings(settings.url), settings);

        const auto isTheSame = [&](const QString &url) {
            ConnectionSettings expected = settings;
            expected.url = QUrl(url);
            return store.settings(QUrl(url)) == expected;
        };
        QVERIFY(isTheSame(u"wss://example.org:443/other?a=b"_s));
        QVERIFY(isTheSame(u"wss://EXAMPLE.org"_s));
        QVERIFY(!isTheSame(u"ws://example.org/chat"_s));
        QVERIFY(!isTheSame(u"wss://example.org:444/chat"_s));
        QVERIFY(!isTheSame(u"wss://example.com/chat"_s));

        ConnectionSettings other = settings;
        other.url.setPort(444);
        other.headers.clear();
        other.firstMessages = {QString()};
        store.save(other);
        QCOMPARE(SettingsStore(m_file).settings(other.url), other);
        QCOMPARE(SettingsStore(m_file).settings(settings.url), settings);
        store.removeSettings(settings.url);
        QVERIFY(SettingsStore(m_file).settings(settings.url).headers.isEmpty());
        QCOMPARE(SettingsStore(m_file).settings(other.url), other);
    }

    void serversAreBounded()
    {
        SettingsStore store(m_file);
        ConnectionSettings settings;
        settings.origin = u"here"_s;
        for (qsizetype i = 0; i <= SettingsStore::maxServers; ++i) {
            settings.url = numbered(i);
            store.save(settings);
        }
        QCOMPARE(SettingsStore(m_file).settings(numbered(0)).origin, QString());
        QCOMPARE(SettingsStore(m_file).settings(numbered(1)).origin, u"here"_s);
        QCOMPARE(SettingsStore(m_file).settings(settings.url).origin, u"here"_s);
    }

    void twoStoresShareAFile()
    {
        SettingsStore one(m_file);
        SettingsStore two(m_file);
        one.addToHistory(numbered(1));
        two.addToHistory(numbered(2));
        one.save(everything());
        QCOMPARE(one.history(), QList<QUrl>({numbered(2), numbered(1)}));
        QCOMPARE(two.settings(everything().url), everything());
    }

    void withoutAFileNothingIsKept()
    {
        const QDir folder(m_folder.path());
        const QStringList before = folder.entryList();
        SettingsStore store;
        store.addToHistory(numbered(1));
        store.save(everything());
        QCOMPARE(store.history(), QList<QUrl>{numbered(1)});
        QCOMPARE(store.settings(everything().url), everything());
        QCOMPARE(store.problem(), QString());
        QCOMPARE(SettingsStore().history(), QList<QUrl>());
        QCOMPARE(folder.entryList(), before);
    }

    void aFileThatCannotBeWritten()
    {
        SettingsStore store(u"/proc/nowhere/servers.ini"_s);
        store.addToHistory(numbered(1));
        QVERIFY2(store.problem().contains("/proc/nowhere/servers.ini"_L1),
                 qPrintable(store.problem()));
        QCOMPARE(store.history(), QList<QUrl>{numbered(1)}); // in memory
        store.addToHistory(numbered(2));
        QCOMPARE(store.problem(), QString());
    }

    void aFileThatWasSpoilt()
    {
        SettingsStore(m_file).save(everything());
        QFile file(m_file);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QByteArray text = file.readAll();
        text.replace("pingInterval=60000", "pingInterval=99999999999999");
        text.replace("handshakeTimeout=1", "handshakeTimeout=soon");
        text += "[General]\nhistory=http://[, ws://ok, \"\"\n";
        file.resize(0);
        file.seek(0);
        file.write(text);
        file.close();
        SettingsStore store(m_file);
        const ConnectionSettings read = store.settings(everything().url);
        QCOMPARE(read.pingInterval, ConnectionSettings::defaultPingInterval);
        QCOMPARE(read.handshakeTimeout, ConnectionSettings().handshakeTimeout);
        QCOMPARE(read.headers, everything().headers);
        QCOMPARE(store.history(), QList<QUrl>{QUrl(u"ws://ok"_s)});
    }
};

QTEST_GUILESS_MAIN(tst_SettingsStore)
#include "tst_settingsstore.moc"
