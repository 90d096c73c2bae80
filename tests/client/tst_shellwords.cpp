// SPDX-License-Identifier: MIT
#include "shellwords.h"

#include <QProcess>
#include <QTest>

using namespace Qt::Literals::StringLiterals;

class tst_ShellWords : public QObject
{
    Q_OBJECT

    /// The words of \a command as \a shell reads them.
    static QStringList wordsInShell(const QString &shell, const QString &command)
    {
        QProcess process;
        process.start(shell, {u"-c"_s, u"printf '%s\\0' "_s + command});
        if (!process.waitForFinished() || process.exitCode() != 0
            || !process.readAllStandardError().isEmpty())
            return {u"the shell failed"_s};
        QStringList words = QString::fromUtf8(process.readAllStandardOutput()).split(u'\0');
        words.removeLast();
        return words;
    }

private Q_SLOTS:
    void words_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("shell"); // one that reads them as we do

        const auto row = [](const char *command, const char *shell = "sh") {
            QTest::newRow(command) << QString::fromUtf8(command) << QString::fromLatin1(shell);
        };
        row("wscat -c ws://localhost:3000");
        row("  a\t\tb  c ");
        row("a 'b c' \"d e\"");
        row("'' \"\" a''b");
        row("'$HOME `id` \\ \"'");
        row("\"a\\\"b\\\\c\\$d\\`e\\nf'\"");
        row("a\\ b \\'c \\\"d \\\\");
        row("a'b'\"c\"d");
        row("'it'\\''s'");
        row("a \\\n  b\\\nc \"d\\\ne\"");
        row("a # a comment");
        row("a#b 'c' #");
        row("a\n");
        row("'a\nb'");
        row("\"a\nb\"");
        row("€ 'größe' \"😀\" '<img>'");
        row("-H 'X-A: b' --header=\"Y: z\"");
        row("a$ \"b$\" $,");
        row("$'a\\nb\\tc\\\\d\\'e\\\"f\\?'", "bash");
        row("$'\\e\\E\\a\\b\\f\\r\\v'", "bash");
        row("$'\\x41\\x4a2\\101\\1012\\u20ac\\U0001F600\\cA'", "bash");
        row("$'\\xe2\\x82\\xac\\342\\202\\254'", "bash");
        row("$'a\\qb\\x\\u'x", "bash");
        row("x$'a b'\"$'c'\"", "bash");
    }

    void words()
    {
        QFETCH(QString, command);
        QFETCH(QString, shell);

        const ShellWords read = ShellWords::of(command);
        QCOMPARE(read.problem, QString());
        QCOMPARE(read.words, wordsInShell(shell, command));
    }

    void problems_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QString>("problem"); // a part of the sentence

        const auto row = [](const char *command, const char *problem) {
            QTest::newRow(command) << QString::fromUtf8(command) << QString::fromUtf8(problem);
        };
        row("a $(reboot)", "“$(” is for a shell");
        row("a `reboot`", "“`” is for a shell");
        row("a \"$(reboot)\"", "“$(” is for a shell");
        row("a \"`reboot`\"", "“`” is for a shell");
        row("a $HOME", "“$H” is for a shell");
        row("a ${HOME}", "“${” is for a shell");
        row("a \"$1\"", "“$1” is for a shell");
        row("a $\"b\"", "“$\"” is for a shell");
        row("a | b", "“|” is for a shell");
        row("a & b", "“&” is for a shell");
        row("ws://h/?a=b&c=d", "“&” is for a shell");
        row("a; b", "“;” is for a shell");
        row("a > b", "“>” is for a shell");
        row("a < b", "“<” is for a shell");
        row("a <(b)", "“<” is for a shell");
        row("(a)", "“(” is for a shell");
        row("a\nb", "Only one command");
        row("a 'b", "closing “'” is missing");
        row("a \"b", "closing “\"” is missing");
        row("a $'b", "closing “'” is missing");
        row("a \"b\\\"", "closing “\"” is missing");
        row("a \\", "ends with a backslash");
        row("$'\\0'", "NUL");
        row("$'\\xff'", "not UTF-8");
        row("$'\\ud800'", "that there is not");
        row("$'\\UFFFFFFFF'", "that there is not");
    }

    void problems()
    {
        QFETCH(QString, command);
        QFETCH(QString, problem);

        const ShellWords read = ShellWords::of(command);
        QVERIFY2(read.problem.contains(problem), qPrintable(read.problem));
        QVERIFY2(read.problem.endsWith(u'.'), qPrintable(read.problem));
        QCOMPARE(read.words, QStringList());
    }

    void aNulIsNoWord() { QVERIFY(ShellWords::of(u"a\0b"_s).problem.contains("NUL"_L1)); }

    void quoting_data()
    {
        QTest::addColumn<QString>("word");

        for (const QString &word : {u"plain"_s,
                                    u"ws://[::1]:3000/a?b=c&d=e"_s,
                                    QString(),
                                    u" "_s,
                                    u"it's"_s,
                                    u"''"_s,
                                    u"\"q\""_s,
                                    u"$(reboot) `reboot` $HOME ${x} $'a'"_s,
                                    u"\\"_s,
                                    u"a\\n\\"_s,
                                    u"!history ~ * ? [a] {b,c} # ; & | < > ( )"_s,
                                    u"~/x"_s,
                                    u"-n"_s,
                                    u"€ größe 😀"_s,
                                    u"<img src=x onerror=alert(1)>"_s,
                                    u"two\nlines"_s,
                                    u"\t"_s,
                                    u"\r\n"_s,
                                    u"it's\ntwo \\ lines"_s,
                                    u"\u001b[31mred\u001b[0m1"_s,
                                    u"\u202eevil\u200b9"_s,
                                    u"\u0085\u2028\u00ad7"_s,
                                    u"\U000e0041\n"_s,
                                    u"$'x'\n"_s,
                                    u"=ls"_s,
                                    u"%1 %2"_s})
            QTest::newRow(qPrintable(u"“%1”"_s.arg(word.simplified()))) << word;
    }

    /// A shell, and we, read what is quoted as what it was.
    void quoting()
    {
        QFETCH(QString, word);

        const QString quoted = shellQuoted(word);
        for (const char32_t c : quoted.toUcs4()) {
            QVERIFY2(QChar::category(c) != QChar::Other_Control
                         && QChar::category(c) != QChar::Other_Format,
                     qPrintable(quoted));
        }
        QCOMPARE(ShellWords::of(quoted).words, QStringList{word});
        QCOMPARE(wordsInShell(u"bash"_s, quoted), QStringList{word});
        if (!quoted.startsWith(u"$'"_s))
            QCOMPARE(wordsInShell(u"sh"_s, quoted), QStringList{word});
    }

    void harmlessWordsStayAsTheyAre()
    {
        QCOMPARE(shellQuoted(u"ws://localhost:3000/a"_s), u"ws://localhost:3000/a"_s);
        QCOMPARE(shellQuoted(u"a b"_s), u"'a b'"_s);
        QCOMPARE(shellQuoted(u"it's"_s), u"'it'\\''s'"_s);
        QCOMPARE(shellQuoted(u"a\nb"_s), u"$'a\\nb'"_s);
        QCOMPARE(shellQuoted(QString()), u"''"_s);
    }
};

QTEST_GUILESS_MAIN(tst_ShellWords)
#include "tst_shellwords.moc"
