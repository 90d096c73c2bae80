// SPDX-License-Identifier: MIT
#include "addressbook.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_AddressBook : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addressesAreKeptWithoutPasswords()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"servers.ini"_s);
        {
            AddressBook book;
            book.setFile(file);
            QSignalSpy changed(&book, &AddressBook::addressesChanged);
            book.add(QUrl(u"ws://one/a"_s));
            book.add(QUrl(u"ws://ada:secret@two/"_s));
            book.add(QUrl(u"http://three/"_s)); // is none
            QCOMPARE(changed.count(), 2);
            QCOMPARE(book.addresses(), QStringList({u"ws://two/"_s, u"ws://one/a"_s}));
        }
        QFile kept(file);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QVERIFY(!kept.readAll().contains("secret"));
        AddressBook again;
        again.setFile(file);
        again.add(QUrl(u"ws://one/a"_s));
        QCOMPARE(again.addresses(), QStringList({u"ws://one/a"_s, u"ws://two/"_s}));
        again.remove(u"ws://one/a"_s);
        QCOMPARE(again.addresses(), QStringList({u"ws://two/"_s}));
        QCOMPARE(again.problem(), QString());
    }

    void withoutAFileNothingIsKept()
    {
        AddressBook book;
        book.add(QUrl(u"ws://one/"_s));
        QCOMPARE(book.addresses(), QStringList({u"ws://one/"_s}));
        AddressBook other;
        QVERIFY(other.addresses().isEmpty());
    }

    void whatIsTyped()
    {
        QCOMPARE(AddressBook::urlOf(u" localhost:3000 "_s), QUrl(u"ws://localhost:3000"_s));
        QCOMPARE(AddressBook::urlOf(u"example.org:443"_s).scheme(), u"wss"_s);
        QVERIFY(AddressBook::problemOf(u"localhost:3000"_s).isEmpty());
        QVERIFY(AddressBook::urlOf(u"http://localhost"_s).isEmpty());
        QVERIFY(!AddressBook::problemOf(u"http://localhost"_s).isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_AddressBook)
#include "tst_addressbook.moc"
