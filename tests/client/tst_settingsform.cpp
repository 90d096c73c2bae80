// SPDX-License-Identifier: MIT
#include "quantity.h"
#include "serversettings.h"
#include "settingsform.h"

#include <QAbstractItemModelTester>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_SettingsForm : public QObject
{
    Q_OBJECT

    const QUrl m_url = QUrl(u"wss://one/a"_s);
    const QUrl m_other = QUrl(u"wss://two/"_s);

private Q_SLOTS:
    void whatIsTypedIsKeptWhenItIsSaved()
    {
        ServerSettings settings;
        SettingsForm form;
        const QAbstractItemModelTester tester(form.headers());
        form.setSettings(&settings);
        form.load(m_url);
        QCOMPARE(form.address(), u"wss://one/a"_s);
        QVERIFY(!form.isModified() && form.problem().isEmpty() && form.isSecure());

        QCOMPARE(form.headers()->add(), 0);
        QCOMPARE(form.headers()->add(), 0); // it is empty still
        QVERIFY(!form.isModified());
        form.headers()->setName(0, u" X-A "_s);
        form.headers()->setValue(0, u"b"_s);
        QVERIFY(form.isModified());
        form.firstMessages()->add();
        form.firstMessages()->setValue(0, u" a\nb "_s); // byte for byte
        form.firstMessages()->add(); // left empty
        form.setProperty("subprotocols", u"v2, v1  v0"_s);
        form.setProperty("origin", u" https://a "_s);
        form.setProperty("userAgent", u"me/1"_s);
        form.setProperty("maxMessageSize", u"64 kib"_s);
        form.setProperty("handshakeTimeout", u"1.5"_s);
        form.setProperty("pingInterval", u"1 min"_s);
        form.setProperty("reconnect", false);
        QCOMPARE(form.problem(), QString());
        QCOMPARE(settings.settings(m_url).headers.size(), 0);
        QVERIFY(form.save());
        QVERIFY(!form.isModified());

        const ConnectionSettings kept = settings.settings(m_url);
        QCOMPARE(kept.headers, QList<RequestHeader>({{u"X-A"_s, u"b"_s}}));
        QCOMPARE(kept.firstMessages, QStringList{u" a\nb "_s});
        QCOMPARE(kept.subprotocols, QStringList({u"v2"_s, u"v1"_s, u"v0"_s}));
        QCOMPARE(kept.origin, u"https://a"_s);
        QCOMPARE(kept.userAgent, u"me/1"_s);
        QCOMPARE(kept.maxMessageSize, 64 * 1024);
        QCOMPARE(kept.handshakeTimeout, 1'500);
        QCOMPARE(kept.pingInterval, 60'000);
        QCOMPARE(kept.reconnect, false);
        // It is read back as it is.
        SettingsForm again;
        again.setSettings(&settings);
        again.load(m_url);
        QVERIFY(!again.isModified());
        QCOMPARE(again.property("maxMessageSize").toString(), u"64 KiB"_s);
        QCOMPARE(again.property("handshakeTimeout").toString(), u"1500 ms"_s);
    }

    void whatIsWrongIsSaid_data()
    {
        QTest::addColumn<QByteArray>("property");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("problem"); // a part of it

        const auto row = [](const char *property, const QString &text, const QString &problem) {
            QTest::addRow("%s %s", property, qPrintable(text))
                << QByteArray(property) << text << problem;
        };
        row("origin", u"a b"_s, u"not an origin"_s);
        row("subprotocols", u"a:b"_s, u"not a subprotocol"_s);
        row("maxMessageSize", u"much"_s, u"no size of a message"_s);
        row("maxMessageSize", u"1.5"_s, u"no size of a message"_s);
        row("maxMessageSize", u"0"_s, u"The largest message"_s);
        row("maxMessageSize", u"5 GiB"_s, u"The largest message"_s);
        row("handshakeTimeout", u"-1"_s, u"how long connecting"_s);
        row("handshakeTimeout", u"999999999999"_s, u"how long connecting"_s);
        row("handshakeTimeout", u"1000 min"_s, u"Connecting may take"_s);
        row("pingInterval", u"x"_s, u"how often to ping"_s);
        row("pingInterval", u"10 ms"_s, u"Between pings"_s);
        row("caFile", u"/nowhere.pem"_s, u"/nowhere.pem"_s);
        row("certificateFile", u"/nowhere.pem"_s, u"need each other"_s);
        row("pinnedFingerprint", u"ab"_s, u"fingerprint"_s);
    }

    void whatIsWrongIsSaid()
    {
        QFETCH(QByteArray, property);
        QFETCH(QString, text);
        QFETCH(QString, problem);

        ServerSettings settings;
        SettingsForm form;
        form.setSettings(&settings);
        form.load(m_url);
        form.setProperty(property.constData(), text);
        QVERIFY2(form.problem().contains(problem), qPrintable(form.problem()));
        QVERIFY(form.isModified() && !form.save());
        QCOMPARE(form.property(property.constData()).toString(), text); // it stays
        form.revert();
        QVERIFY(form.problem().isEmpty() && !form.isModified());
        QCOMPARE(form.property(property.constData()).toString(), QString());
    }

    void nothingTypedIsLost()
    {
        ServerSettings settings;
        SettingsForm form;
        form.setSettings(&settings);
        form.load(m_url);
        form.setProperty("origin", u"https://a"_s);
        QVERIFY(form.paste(u"wscat -c wss://one/ -s x"_s).contains("not saved"_L1));
        QCOMPARE(form.property("origin").toString(), u"https://a"_s);
        // A certificate that is trusted meanwhile is not forgotten when the form is saved.
        settings.setPinnedFingerprint(m_url, u"ab"_s.repeated(32));
        QCOMPARE(form.property("origin").toString(), u"https://a"_s);
        QVERIFY(form.save());
        QCOMPARE(settings.settings(m_url).pinnedFingerprint,
                 normalizedFingerprint(u"ab"_s.repeated(32)));
        form.load(m_other);
        QCOMPARE(form.url(), m_other);
        QCOMPARE(form.property("origin").toString(), QString());
    }

    void eachServerHasItsOwnChanges()
    {
        ServerSettings settings;
        SettingsForm form;
        form.setSettings(&settings);
        form.load(m_url);
        QCOMPARE(form.putAside(), QString());
        form.headers()->add();
        form.headers()->setName(0, u"Authorization"_s);
        form.setProperty("origin", u"https://a"_s);
        form.setProperty("maxMessageSize", u"what"_s); // is no size, and is no less typed
        form.setProperty("reconnect", false);

        // Another server's form has nothing of it, and saves nothing of it.
        form.load(m_other);
        QCOMPARE(form.url(), m_other);
        QVERIFY(!form.isModified() && form.problem().isEmpty());
        QVERIFY(form.headers()->filled().isEmpty());
        QVERIFY2(form.putAside().contains("wss://one/a"_L1), qPrintable(form.putAside()));
        QVERIFY(form.hasChangesFor(m_url) && !form.hasChangesFor(m_other));
        form.setProperty("userAgent", u"two"_s);
        QVERIFY(form.save());
        QCOMPARE(settings.settings(m_other).userAgent, u"two"_s);
        QVERIFY(settings.settings(m_other).headers.isEmpty());
        QVERIFY(settings.settings(m_other).origin.isEmpty());
        QCOMPARE(settings.settings(m_url), ConnectionSettings{.url = m_url});

        // A certificate that is trusted meanwhile is not forgotten, and what was typed is there.
        settings.setPinnedFingerprint(m_url, u"ab"_s.repeated(32));
        form.setProperty("userAgent", u"three"_s);
        form.load(QUrl(u"wss://one/elsewhere"_s)); // a server, not a page
        QVERIFY(form.isModified());
        QCOMPARE(form.headers()->filled(),
                 QList<EditableRows::Row>({{u"Authorization"_s, QString()}}));
        QCOMPARE(form.property("origin").toString(), u"https://a"_s);
        QCOMPARE(form.property("maxMessageSize").toString(), u"what"_s);
        QCOMPARE(form.property("userAgent").toString(), QString());
        QCOMPARE(form.property("reconnect").toBool(), false);
        QVERIFY(form.problem().contains("what"_L1));
        QVERIFY(form.putAside().contains("wss://two"_L1));
        form.setProperty("maxMessageSize", QString());
        QVERIFY(form.save());
        QCOMPARE(settings.settings(m_url).origin, u"https://a"_s);
        QCOMPARE(settings.settings(m_url).pinnedFingerprint,
                 normalizedFingerprint(u"ab"_s.repeated(32)));

        // A command that is pasted for one is not in the way of the other's.
        QCOMPARE(form.paste(u"wscat -c wss://three/ -s x"_s), QString());
        form.load(m_other);
        QCOMPARE(form.property("userAgent").toString(), u"three"_s);
        QVERIFY(form.paste(u"wscat -c wss://two/ -s y"_s).contains("not saved"_L1));
        form.revert();
        QCOMPARE(form.property("userAgent").toString(), u"two"_s);
        form.load(QUrl(u"wss://three/"_s));
        QVERIFY(form.isPasted());
        QCOMPARE(form.property("subprotocols").toString(), u"x"_s);
        QCOMPARE(form.putAside(), QString());
    }

    void aCommandFillsItIn()
    {
        ServerSettings settings;
        settings.setPinnedFingerprint(m_url, u"ab"_s.repeated(32));
        SettingsForm form;
        form.setSettings(&settings);
        form.load(m_other);
        QVERIFY(SettingsForm::isCommand(u"wscat -c a"_s) && !SettingsForm::isCommand(u"ws://a"_s));
        const QString problem = form.paste(u"wscat -c wss://one/a --what --auth secret"_s);
        QVERIFY2(problem.contains("--what"_L1) && !problem.contains("secret"_L1),
                 qPrintable(problem));
        QCOMPARE(form.url(), m_other);

        QCOMPARE(form.paste(u"websocat -b -k wss://one/b \\\n -H 'X-A: b' --protocol v1"_s),
                 QString());
        QCOMPARE(form.url(), QUrl(u"wss://one/b"_s));
        QCOMPARE(form.headers()->filled(), QList<EditableRows::Row>({{u"X-A"_s, u"b"_s}}));
        QVERIFY(form.isPasted() && form.isModified());
        QCOMPARE(form.notes().count(u'\n'), 1); // -k and -b
        // Another one may take its place; the pin stays, of which no command speaks.
        QCOMPARE(form.paste(u"wscat -c wss://one/c -s v2"_s), QString());
        QCOMPARE(form.headers()->count(), 0);
        QVERIFY(form.save());
        QVERIFY(!form.isPasted() && form.notes().isEmpty());
        const ConnectionSettings kept = settings.settings(m_url);
        QCOMPARE(kept.subprotocols, QStringList{u"v2"_s});
        QVERIFY(!kept.pinnedFingerprint.isEmpty());
    }

    void rowsAreBounded()
    {
        SettingsForm form;
        EditableRows &rows = *form.headers();
        const QAbstractItemModelTester tester(&rows);
        for (int i = 0; i < EditableRows::maxRows; ++i) {
            QCOMPARE(rows.add(), i);
            rows.setName(i, u"X-%1"_s.arg(i));
        }
        QCOMPARE(rows.add(), -1);
        rows.remove(0);
        rows.remove(-1);
        rows.setName(1000, u"a"_s);
        QCOMPARE(rows.count(), EditableRows::maxRows - 1);
        QCOMPARE(rows.filled().first().name, u"X-1"_s);
    }

    void quantities()
    {
        for (const qint64 bytes :
             {1LL, 1000LL, 1024LL, 1536LL, 16LL << 20, 1LL << 30, (1LL << 30) + 1})
            QCOMPARE(Quantity::toBytes(Quantity::fromBytes(bytes)), bytes);
        for (const qint64 ms : {0LL, 1LL, 999LL, 1000LL, 90'000LL})
            QCOMPARE(Quantity::toMilliseconds(Quantity::fromMilliseconds(ms)), ms);
        QCOMPARE(Quantity::fromBytes(16 << 20), u"16 MiB"_s);
        QCOMPARE(Quantity::toBytes(u" 1.5MiB "_s), 1536 * 1024);
        QCOMPARE(Quantity::toMilliseconds(u"0.25"_s), 250);
        for (const auto &text : {u""_s, u"MiB"_s, u"1 s"_s, u"-1"_s, u"1e3"_s, u"1 2"_s, u"١"_s})
            QVERIFY2(!Quantity::toBytes(text), qPrintable(text));
    }
};

QTEST_GUILESS_MAIN(tst_SettingsForm)
#include "tst_settingsform.moc"
