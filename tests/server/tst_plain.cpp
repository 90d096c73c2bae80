// SPDX-License-Identifier: MIT
#include "conformancetables.h"
#include "serverprocess.h"

#include <QTest>
#include <QWebSocket>

#include <chrono>

using namespace Qt::Literals::StringLiterals;
using namespace std::chrono_literals;

/*!
    What a plain QWebSocketServer answers to what the tests of conformance send: they could not fail
    there if they were not to see the difference. Of Qt 6.4; another one may have learnt more.
*/
class PlainTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void frames_data() { addRows(frameRows()); }
    void frames() { compare(); }
    void requests_data() { addRows(requestRows()); }
    void requests() { compare(); }
    void manyRowsFail();
    void largeEchoIsCut();
    void textOfQtsOwnClientIsRefused();
    void pauseEndsAMessage();

private:
    static void addRows(const QList<ConformanceRow> &rows);
    void compare() const;

    ServerProcess m_server;
    QHash<QString, Answer> m_answers; // by the names of the rows
};

void PlainTest::initTestCase()
{
    if (qstrncmp(qVersion(), "6.4.", 4) != 0)
        QSKIP("The tables tell of Qt 6.4, and this is another one.");
    QVERIFY(m_server.start(QString::fromUtf8(PLAIN_SERVER), {}));

    // All of them side by side, because some wait.
    const QList<ConformanceRow> frames = frameRows();
    const QList<ConformanceRow> all = frames + requestRows();
    QList<Script> scripts;
    for (const ConformanceRow &row : all) {
        const bool isFrame = scripts.size() < frames.size();
        Script script =
            isFrame ? frameScript(row, row.bytes.size() + 1000) : requestScript({row.bytes});
        if (!row.answerOfQt.isInTime)
            script.timeout = 1s;
        scripts += script;
    }
    const QList<Outcome> outcomes = converse(m_server.url(), scripts);
    for (qsizetype i = 0; i < all.size(); ++i) {
        QVERIFY2(!m_answers.contains(all.at(i).name), qPrintable(all.at(i).name));
        m_answers.insert(all.at(i).name, outcomes.at(i).answer);
    }
}

void PlainTest::addRows(const QList<ConformanceRow> &rows)
{
    QTest::addColumn<ConformanceRow>("row");
    for (const ConformanceRow &row : rows)
        QTest::newRow(qPrintable(row.name)) << row;
}

void PlainTest::compare() const
{
    QFETCH(const ConformanceRow, row);
    QCOMPARE(m_answers.value(row.name), row.answerOfQt);
}

void PlainTest::manyRowsFail()
{
    int failures = 0;
    const QList<ConformanceRow> all = frameRows() + requestRows();
    for (const ConformanceRow &row : all)
        failures += m_answers.value(row.name) != row.answer;
    qInfo("%d of %lld rows fail on a plain QWebSocketServer", failures, qlonglong(all.size()));
    QVERIFY(failures > all.size() / 3);
}

void PlainTest::largeEchoIsCut()
{
    const QByteArray payload(600 * 1024, '*');
    const Outcome outcome =
        converse(m_server.url(), Script{{clientFrame(Fin | Text, payload) + lastPing()}});
    constexpr qsizetype frameSize = 512 * 1024;
    QVERIFY(outcome.answer
            == answeredWith(serverFrame(Text, payload.first(frameSize))
                            + serverFrame(Fin | Continuation, payload.sliced(frameSize))));
}

void PlainTest::textOfQtsOwnClientIsRefused()
{
    QWebSocket client;
    client.open(m_server.url());
    QTRY_COMPARE(client.state(), QAbstractSocket::ConnectedState);
    client.sendTextMessage(u'x' + u"€"_s.repeated(200'000));
    QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QCOMPARE(client.closeCode(), QWebSocketProtocol::CloseCodeWrongDatatype);
}

void PlainTest::pauseEndsAMessage()
{
    const QByteArray frame = clientFrame(Fin | Text, "pause"_ba);
    Script script{{frame.first(8), frame.sliced(8) + lastPing()}};
    script.pause = 5500ms;
    QCOMPARE(converse(m_server.url(), script).answer, closedWith(1001));
}

QTEST_GUILESS_MAIN(PlainTest)
#include "tst_plain.moc"
