// SPDX-License-Identifier: MIT
// Makes a long log for the other benchmarks: makelog FILE ROWS SERVER
#include "benchmark.h"
#include "guiwatch.h"
#include "longlog.h"
#include "transcriptstore.h"

#include <QCoreApplication>
#include <QSqlDatabase>
#include <QSqlQuery>

using namespace Qt::Literals::StringLiterals;

namespace {

/// How many entries searching cannot use the index for yet.
int notIndexed(const QString &file)
{
    QSqlDatabase database = QSqlDatabase::database();
    if (!database.isValid()) {
        database = QSqlDatabase::addDatabase(u"QSQLITE"_s);
        database.setDatabaseName(file);
        database.open();
    }
    QSqlQuery query(u"SELECT sum(last - indexed) FROM conversations"_s, database);
    if (!query.next())
        qFatal("%s cannot be read", qPrintable(file));
    return query.value(0).toInt();
}

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication application(argc, argv);
    const QString file = QCoreApplication::arguments().value(1);
    const int rows = QCoreApplication::arguments().value(2).toInt();
    TranscriptStore store(file);
    const qint64 conversation = store.openConversation(QCoreApplication::arguments().value(3));

    QElapsedTimer timer;
    timer.start();
    Entry entry;
    for (int i = 1; i <= rows; ++i) {
        entry.direction = i % 4 == 0 ? Entry::Sent : Entry::Received;
        entry.time = QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + i * 20LL, Qt::UTC);
        entry.payload = LongLog::payload(i, rows);
        store.append(conversation, entry);
        if (store.isBacklogged())
            store.flush();
    }
    store.flush();
    if (!store.isOnDisk() || store.lastSeq(conversation) != rows)
        qFatal("the log could not be written");
    Benchmark::report("writing", double(timer.restart()) / 1000);
    GuiWatch::waitUntil("the index", [&] { return notIndexed(file) == 0; });
    QSqlDatabase::database().close();
    Benchmark::report("indexing", double(timer.elapsed()) / 1000);
    return 0;
}
