// SPDX-License-Identifier: MIT
#include "inputtext.h"

#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QQmlComponent>
#include <QQmlEngine>
#include <QQuickItem>
#include <QQuickWindow>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::Literals::StringLiterals;

/// The exact text of a TextEdit.
class tst_InputText : public QObject
{
    Q_OBJECT

    QQmlEngine m_engine;
    std::unique_ptr<QQuickWindow> m_window;
    std::unique_ptr<QQuickItem> m_edit;
    std::unique_ptr<InputText> m_input;

    void undo() { QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier); }
    void redo()
    {
        QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    }

    static void addTexts()
    {
        QTest::addColumn<QString>("text");
        const auto row = [](const char *name, const QString &text) { QTest::newRow(name) << text; };
        row("empty", {});
        row("letters", u"hello"_s);
        row("lines", u"a\n\nb\n"_s);
        row("blanks and tabs", u" \ta  \t "_s);
        row("no-break space", u"a\u00a0b\u202fc\u3000"_s);
        row("CR", u"a\rb\r"_s);
        row("CRLF", u"a\r\nb\r\n"_s);
        row("U+2028 and U+2029", u"a\u2028b\u2029c"_s);
        row("NUL", u"a"_s + QChar(0) + u"b"_s);
        row("controls", u"\x1b[31m\x07\x7f\x85"_s);
        row("byte order mark", u"\ufeff{}"_s);
        row("bidi", u"a\u202eb\u2066c\u200f"_s);
        row("zero width", u"a\u200bb\u2060\u00ad"_s);
        row("joiners", u"👩‍👧 می\u200cخواهم"_s);
        row("noncharacters", u"\ufdd0\ufdd1\ufdd2\ufffe\uffff"_s);
        row("object replacement", u"a\ufffcb"_s);
        row("pictures themselves", u"␍␀↵¶▯\r␍"_s);
        row("lone surrogates", u"a"_s + QChar(0xd800) + u"b"_s + QChar(0xdc00));
        row("markup", u"<b>bold</b> &amp; <img src='http://127.0.0.1:9/x'>"_s);
        row("decomposed", u"e\u0301 é"_s);
        QString all;
        for (int c = 0; c <= 0xffff; ++c) {
            const QChar::Category category = QChar::category(char32_t(c));
            if ((category >= QChar::Separator_Space && category <= QChar::Other_Surrogate)
                || QChar::isNonCharacter(char32_t(c)) || c < 0x250)
                all += QChar(c);
        }
        row("all that have no letters", all);
    }

private Q_SLOTS:
    void initTestCase()
    {
        QTest::failOnWarning(QRegularExpression(u".?"_s));
        m_window = std::make_unique<QQuickWindow>();
        m_window->resize(400, 300);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    }

    void init()
    {
        QTest::failOnWarning(QRegularExpression(u".?"_s));
        QQmlComponent component(&m_engine);
        component.setData("import QtQuick\nTextEdit { textFormat: TextEdit.PlainText; width: 300; "
                          "wrapMode: TextEdit.Wrap }",
                          {});
        m_edit.reset(qobject_cast<QQuickItem *>(component.create()));
        QVERIFY(m_edit);
        m_edit->setParentItem(m_window->contentItem());
        m_edit->forceActiveFocus();
        m_input = std::make_unique<InputText>();
        m_input->setDocument(m_edit->property("textDocument").value<QQuickTextDocument *>());
    }

    void cleanup()
    {
        m_input.reset();
        m_edit.reset();
    }

    void whatIsSetIsExact_data() { addTexts(); }
    void whatIsSetIsExact()
    {
        QFETCH(const QString, text);
        m_input->setText(text);
        QCOMPARE(m_input->text(), text);
        QCOMPARE(m_edit->property("length").toInt(), text.size());
        undo();
        QCOMPARE(m_input->text(), text); // there is nothing to undo
    }

    void whatIsReplacedComesBack_data() { addTexts(); }
    void whatIsReplacedComesBack()
    {
        QFETCH(const QString, text);
        m_input->setText(text);
        m_input->replace(u"other\r\nwords"_s);
        QCOMPARE(m_input->text(), u"other\r\nwords"_s);
        undo();
        QCOMPARE(m_input->text(), text);
        redo();
        QCOMPARE(m_input->text(), u"other\r\nwords"_s);
    }

    void whatIsInsertedIsExact_data() { addTexts(); }
    void whatIsInsertedIsExact()
    {
        QFETCH(const QString, text);
        m_input->setText(u"1\r2\u00a03"_s);
        m_input->insert(2, 3, text);
        const QString expected = u"1\r"_s + text + u"\u00a03"_s;
        QCOMPARE(m_input->text(), expected);
        QCOMPARE(m_input->part(2, 2 + int(text.size())), text);
        undo();
        QCOMPARE(m_input->text(), u"1\r2\u00a03"_s);
    }

    void whatIsTypedAroundPicturesIsExact()
    {
        m_input->setText(u"\r\u202e"_s);
        QTest::keyClick(m_window.get(), Qt::Key_End, Qt::ControlModifier);
        QTest::keyClick(m_window.get(), 'x');
        QTest::keyClick(m_window.get(), Qt::Key_Left);
        QTest::keyClick(m_window.get(), Qt::Key_Left);
        QTest::keyClick(m_window.get(), 'y');
        QCOMPARE(m_input->text(), u"\ry\u202ex"_s);
        QTest::keyClick(m_window.get(), Qt::Key_Delete);
        QCOMPARE(m_input->text(), u"\ryx"_s);
        QTest::keyClick(m_window.get(), Qt::Key_Return);
        QCOMPARE(m_input->text(), u"\ry\nx"_s);
    }

    void itIsSaidOnce()
    {
        QSignalSpy changed(m_input.get(), &InputText::textChanged);
        m_input->setText(u"a\rb\u2028"_s);
        QCOMPARE(changed.size(), 1);
        m_input->setText(u"a\rb\u2028"_s);
        m_input->setMark(Qt::yellow);
        QCOMPARE(changed.size(), 1);
    }

    void hiddenOnesAreShown()
    {
        for (const char16_t c : {u'\r', u'\0', u'\x1b', u'\x7f', u'\x85', u'\x2028', u'\x2029',
                                 u'\x202e', u'\x200b', u'\xfeff', u'\xfdd0', u'\xfffc'})
            QVERIFY2(!InputText::pictureOf(c).isNull(), qPrintable(QString::number(c, 16)));
        for (const char16_t c : {u'\n', u'\t', u' ', u'a', u'\xa0', u'\x200d', u'\xd800'})
            QVERIFY2(InputText::pictureOf(c).isNull(), qPrintable(QString::number(c, 16)));
        m_input->setText(u"a\rb"_s);
        QCOMPARE(m_edit->property("text").toString(), u"a␍b"_s);
    }

    void whatIsCopiedIsExact()
    {
        m_input->setText(u"a\u00a0b\rc\u2029d\n"_s);
        m_input->copy(1, 7);
        QCOMPARE(QGuiApplication::clipboard()->text(), u"\u00a0b\rc\u2029d"_s);
    }

    void aLongTextIsReadFast()
    {
        QString text;
        for (int i = 0; i < 100'000 / 4; ++i)
            text += u"ab\r\n"_s;
        m_input->setText(text);
        QElapsedTimer timer;
        timer.start();
        constexpr int keys = 20;
        for (int i = 0; i < keys; ++i)
            m_input->insert(0, 0, u"x"_s);
        const qint64 each = timer.elapsed() / keys;
        qInfo("%lld ms for each key", each);
        QCOMPARE(m_input->text(), QString(keys, u'x') + text);
        QVERIFY(each < 1000);
    }
};

QTEST_MAIN(tst_InputText)
#include "tst_inputtext.moc"
