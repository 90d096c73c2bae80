// SPDX-License-Identifier: MIT
#include "logging.h"

#include <QDateTime>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QStringDecoder>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

namespace {

/// The line for \a message, as the program writes it.
QByteArray line(const QString &message)
{
    return logLine(QtInfoMsg, QMessageLogContext(), message);
}

bool isUtf8(const QByteArray &bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString text = decoder(bytes);
    return !text.isNull() && !decoder.hasError();
}

} // namespace

class LoggingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void hasItsTime();
    void hasThePatternThatIsWanted();
    void oneEventIsOneLine_data();
    void oneEventIsOneLine();
    void keepsWhatIsEscapedAlready();
    void fitsExactly();
    void cuts_data();
    void cuts();

private:
    qsizetype m_timeSize = 0;
};

void LoggingTest::initTestCase()
{
    const QtMessageHandler ofQtTest = qInstallMessageHandler(nullptr);
    setUpLogging(false);
    qInstallMessageHandler(ofQtTest);
    m_timeSize = line(QString()).size() - 1;
}

void LoggingTest::hasItsTime()
{
    const QDateTime before = QDateTime::currentDateTime();
    const QString shown = QString::fromUtf8(line(u"hello — world"_s));
    const QDateTime after = QDateTime::currentDateTime();
    const QRegularExpression expected(
        u"^(\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}) hello — world\n$"_s);
    const QRegularExpressionMatch match = expected.match(shown);
    QVERIFY2(match.hasMatch(), qPrintable(shown));
    const auto time = QDateTime::fromString(match.captured(1), u"yyyy-MM-dd hh:mm:ss.zzz"_s);
    QVERIFY2(time >= before && time <= after, qPrintable(shown));
}

void LoggingTest::hasThePatternThatIsWanted()
{
    qputenv("QT_MESSAGE_PATTERN", "<6>%{message}");
    const auto restored = qScopeGuard([] { qunsetenv("QT_MESSAGE_PATTERN"); });
    qSetMessagePattern(u"<6>%{message}"_s); // Qt has looked at the variable before
    QCOMPARE(line(u"hello"_s), "<6>hello\n");
}

void LoggingTest::oneEventIsOneLine_data()
{
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("expected");

    QTest::newRow("line feeds") << u"a\nb\n"_s << u"a\\nb\\n"_s;
    QTest::newRow("carriage return") << u"a\r"_s << u"a\\r"_s;
    QTest::newRow("escape sequence") << u"\x1b[2J"_s << u"\\x1b[2J"_s;
    QTest::newRow("NUL, BEL") << u"a"_s + QChar(0) + u'\a' << u"a\\x00\\x07"_s;
    QTest::newRow("DEL") << QString(QChar(0x7f)) << u"\\x7f"_s;
    QTest::newRow("C1: CSI") << QString(QChar(0x9b)) << u"\\x9b"_s;
    QTest::newRow("right to left override") << u"\u202e"_s << u"\\u{202e}"_s;
    QTest::newRow("line separator") << u"\u2028"_s << u"\\u{2028}"_s;
    QTest::newRow("lone surrogate") << QString(QChar(0xd800)) << u"\\u{d800}"_s;
}

void LoggingTest::oneEventIsOneLine()
{
    QFETCH(const QString, message);
    QTEST(QString::fromUtf8(line(message).sliced(m_timeSize)).chopped(1), "expected");
}

void LoggingTest::keepsWhatIsEscapedAlready()
{
    QVERIFY(line(u"#1 text: \\\\ \\x1b é 😀"_s).endsWith("#1 text: \\\\ \\x1b é 😀\n"));
}

void LoggingTest::fitsExactly()
{
    const qsizetype room = 1024 - m_timeSize - 1;
    const QByteArray whole = line(QString(room, u'x'));
    QCOMPARE(whole.size(), 1024);
    QCOMPARE(whole.sliced(m_timeSize), QByteArray(room, 'x') + '\n');

    const QByteArray cut = line(QString(room + 1, u'x'));
    QCOMPARE(cut.size(), 1024);
    QCOMPARE(cut.sliced(m_timeSize), QByteArray(room - 3, 'x') + "…\n");
}

void LoggingTest::cuts_data()
{
    QTest::addColumn<QString>("character");
    QTest::newRow("1 byte") << u"x"_s;
    QTest::newRow("2 bytes") << u"é"_s;
    QTest::newRow("3 bytes") << u"€"_s;
    QTest::newRow("4 bytes") << u"😀"_s;
    QTest::newRow("line feed") << u"\n"_s;
    QTest::newRow("an escape of 9 bytes") << QString::fromUcs4(U"\U000e0041");
}

void LoggingTest::cuts()
{
    QFETCH(const QString, character);
    // Wherever in a character the limit is, and however much there is.
    for (const qsizetype count : {1024, 1'000'000}) {
        for (qsizetype shift = 0; shift < 9; ++shift) {
            const QByteArray cut = line(QString(shift, u'.') + character.repeated(count));
            QVERIFY2(cut.size() <= 1024 && cut.size() > 1024 - 4, cut.constData());
            QVERIFY2(cut.endsWith("…\n"), cut.constData());
            QCOMPARE(cut.count('\n'), 1);
            QVERIFY(isUtf8(cut));
        }
    }
}

QTEST_GUILESS_MAIN(LoggingTest)
#include "tst_logging.moc"
