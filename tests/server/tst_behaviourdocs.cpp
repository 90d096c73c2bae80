// SPDX-License-Identifier: MIT
// What people are told of the behaviours is what the parser knows.
#include "behaviour.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

namespace {

/// What \a query, which is wrong, is answered with.
QString sentenceFor(const QString &query)
{
    return std::get<QString>(parseBehaviour(query.toLatin1(), Limits()));
}

QStringList knownNames()
{
    static const QRegularExpression list(u"known are: (.*)\\."_s);
    return list.match(sentenceFor(u"unknown"_s)).captured(1).split(u", "_s);
}

/// The bounds of \a name as its text should tell them; empty when it takes no number.
QString boundsOf(const QString &name, const QString &largestMessage)
{
    static const QRegularExpression range(u"a number from (\\d+ to )(\\d+)"_s);
    const auto match = range.match(sentenceFor(name + u"=x&unknown"_s));
    const bool isSize = match.captured(2).toLongLong() == Limits().maxMessageSize;
    return match.captured(1) + (isSize ? largestMessage : match.captured(2));
}

} // namespace

class BehaviourDocsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readme();
    void help();
};

void BehaviourDocsTest::readme()
{
    QFile file(QStringLiteral(README_FILE));
    QVERIFY2(file.open(QIODevice::ReadOnly), README_FILE);
    const QString readme = QString::fromUtf8(file.readAll());
    const qsizetype begin = readme.indexOf("\n### A server that misbehaves on request\n"_L1);
    QVERIFY(begin != -1);
    const QString section = readme.sliced(begin, readme.indexOf("\n##"_L1, begin + 1) - begin);

    // | `name=VALUE`, `name=value` | what the server does |
    static const QRegularExpression row(
        u"^\\| `([a-z-]+)(?:=\\S+)?`(?:, `\\1=\\S+`)? \\| (.*) \\|$"_s,
        QRegularExpression::MultilineOption);
    QStringList names;
    for (const QRegularExpressionMatch &match : row.globalMatch(section)) {
        names.append(match.captured(1));
        const QString bounds = boundsOf(names.last(), u"`--max-message-size`"_s);
        QVERIFY2(match.captured(2).contains(bounds), qPrintable(names.last() + u": "_s + bounds));
    }
    QCOMPARE(names, knownNames());
    // No row is overlooked; two are the head.
    QCOMPARE(section.count("\n|"_L1), names.size() + 2);
}

void BehaviourDocsTest::help()
{
    const QString help = behaviourHelp();
    QVERIFY(help.endsWith(u'\n'));
    for (const QString &line : help.split(u'\n'))
        QVERIFY2(line.size() <= 80, qPrintable(line));

    static const QRegularExpression entry(u"^(  ([a-z-]+)(?:=\\S+)? +)(.*(?:\n {28}.*)*)"_s,
                                          QRegularExpression::MultilineOption);
    QStringList names;
    for (const QRegularExpressionMatch &match : entry.globalMatch(help)) {
        names.append(match.captured(2));
        QCOMPARE(match.capturedLength(1), 28);
        const QString bounds = boundsOf(names.last(), u"the largest message size"_s);
        QVERIFY2(match.captured(3).simplified().contains(bounds), qPrintable(match.captured()));
    }
    QCOMPARE(names, knownNames());
}

QTEST_GUILESS_MAIN(BehaviourDocsTest)
#include "tst_behaviourdocs.moc"
