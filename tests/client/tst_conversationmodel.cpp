// SPDX-License-Identifier: MIT
#include "conversationmodel.h"
#include "transcripttesting.h"

#include <QAbstractItemModelTester>

using namespace Qt::Literals::StringLiterals;

class tst_ConversationModel : public QObject
{
    Q_OBJECT

    static qint64 add(TranscriptStore &store, const QString &server, qint64 time)
    {
        const qint64 conversation = store.newConversation(server);
        store.append(conversation, textEntry("a", time));
        return conversation;
    }

    static QStringList titles(const ConversationModel &model)
    {
        QStringList result;
        for (int row = 0; row < model.rowCount(); ++row)
            result += model.index(row).data(ConversationModel::TitleRole).toString();
        return result;
    }

private Q_SLOTS:
    void theLastUsedIsFirst()
    {
        TranscriptStore store;
        ConversationModel model;
        const QAbstractItemModelTester tester(&model);
        model.setStore(&store);
        const qint64 one = add(store, u"ws://one"_s, 1'000);
        add(store, u"ws://two"_s, 2'000);
        store.newConversation(u"ws://empty"_s);
        QCOMPARE(model.rowCount(), 0); // nobody looks at it
        model.setActive(true);
        QCOMPARE(titles(model), QStringList({u"ws://two"_s, u"ws://one"_s}));
        QCOMPARE(model.index(0).data(ConversationModel::EntriesRole).toInt(), 1);

        // What happens meanwhile is seen by itself.
        store.append(one, textEntry("b", 3'000));
        add(store, u"ws://three"_s, 2'500);
        QTRY_COMPARE(titles(model), QStringList({u"ws://one"_s, u"ws://three"_s, u"ws://two"_s}));
        QCOMPARE(model.index(0).data(ConversationModel::EntriesRole).toInt(), 2);
    }

    void theyAreFoundRenamedAndRemoved()
    {
        TranscriptStore store;
        ConversationModel model;
        const QAbstractItemModelTester tester(&model);
        const int one = int(add(store, u"ws://one"_s, 1'000));
        const int two = int(add(store, u"ws://two"_s, 2'000));
        model.setStore(&store);
        model.setCurrent(one);
        model.setActive(true);
        QVERIFY(model.rename(one, u" A\n<b>name</b>\u202e "_s));
        QCOMPARE(titles(model), QStringList({u"ws://two"_s, u"A <b>name</b>⟨U+202E⟩"_s}));
        QCOMPARE(model.index(1).data(ConversationModel::ServerRole).toString(), u"ws://one"_s);
        QVERIFY(model.index(1).data(ConversationModel::CurrentRole).toBool());
        model.setFilter(u"NAME"_s);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.rowOf(one), 0);
        model.setFilter({});
        QVERIFY(model.remove(two));
        QCOMPARE(model.rowCount(), 1);
        QVERIFY(!model.remove(two));
        QVERIFY(!model.rename(two, u"x"_s));
        QVERIFY(model.rename(one, {}));
        QCOMPARE(titles(model), QStringList({u"ws://one"_s}));
    }

    void anothersAreMarkedAndStay()
    {
        const QTemporaryDir folder;
        const QString file = folder.filePath(u"transcripts.sqlite"_s);
        TranscriptStore theirs(file);
        const int held = int(add(theirs, u"ws://one"_s, 1'000));
        theirs.flush();
        TranscriptStore ours(file);
        ConversationModel model;
        const QAbstractItemModelTester tester(&model);
        model.setStore(&ours);
        model.setActive(true);
        QCOMPARE(model.rowCount(), 1);
        QVERIFY(model.index(0).data(ConversationModel::ElsewhereRole).toBool());
        QVERIFY(model.isHeldElsewhere(held));
        QVERIFY(!model.remove(held));
        theirs.closeConversation(held);
        QTRY_VERIFY(!model.index(0).data(ConversationModel::ElsewhereRole).toBool());
        QVERIFY(model.remove(held));
        QCOMPARE(model.rowCount(), 0);
    }
};

int main(int argc, char *argv[])
{
    return runTranscriptTest<tst_ConversationModel>(argc, argv);
}
#include "tst_conversationmodel.moc"
