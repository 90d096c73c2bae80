// SPDX-License-Identifier: MIT
#include "inputtext.h"

#include "displaytext.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QSyntaxHighlighter>
#include <QTextBlock>
#include <QTextCharFormat>
#include <QTextCursor>
#include <QTextDocument>

#include <algorithm>

namespace {

/// Which character a picture stands for.
constexpr int meaning = QTextFormat::UserProperty + 1;
constexpr QChar otherPicture = u'▯';

bool isPicture(QChar c)
{
    return (c >= u'␀' && c <= u'␡') || c == u'↵' || c == u'¶' || c == otherPicture;
}

bool isSpecialBlank(QChar c)
{
    return c != u' ' && c.category() == QChar::Separator_Space;
}

bool hasLongWordIn(QStringView text)
{
    qsizetype begin = 0;
    for (qsizetype at = 0; at <= text.size(); ++at) {
        if (at < text.size() && text.at(at) != u' ' && text.at(at) != u'\n')
            continue;
        if (at - begin > InputText::maxWordLength)
            return true;
        begin = at + 1;
    }
    return false;
}

/// Calls \a function with the place and the meaning of each picture in \a block.
template<typename Function>
void forEachPicture(const QTextBlock &block, const Function &function)
{
    for (auto i = block.begin(); !i.atEnd(); ++i) {
        const QTextFragment fragment = i.fragment();
        if (!fragment.charFormat().hasProperty(meaning))
            continue;
        const QChar c(fragment.charFormat().intProperty(meaning));
        const QString text = fragment.text();
        for (qsizetype at = 0; at < text.size(); ++at) {
            // What was typed next to a picture has its format.
            if (text.at(at) == InputText::pictureOf(c))
                function(fragment.position() + static_cast<int>(at), c);
        }
    }
}

/// Inserts \a text at \a cursor, pictures included.
void insertInto(QTextCursor &cursor, const QString &text)
{
    qsizetype begin = 0;
    for (qsizetype at = 0; at <= text.size(); ++at) {
        const QChar picture = at < text.size() ? InputText::pictureOf(text.at(at)) : QChar();
        if (at < text.size() && picture.isNull())
            continue;
        cursor.insertText(text.sliced(begin, at - begin), QTextCharFormat());
        if (at == text.size())
            break;
        QTextCharFormat format;
        format.setProperty(meaning, int(text.at(at).unicode()));
        qsizetype end = at + 1;
        while (end < text.size() && text.at(end) == text.at(at))
            ++end;
        cursor.insertText(QString(end - at, picture), format);
        begin = end;
        at = end - 1;
    }
}

} // namespace

/// Marks what cannot be seen by itself.
class InputText::Highlighter : public QSyntaxHighlighter
{
public:
    /// Not a child of \a document: it is \a input's own.
    Highlighter(QTextDocument *document, const InputText &input)
        : QSyntaxHighlighter(static_cast<QObject *>(nullptr))
        , m_input(input)
    {
        setDocument(document);
    }

protected:
    void highlightBlock(const QString &text) override
    {
        QTextCharFormat format;
        format.setBackground(m_input.mark());
        bool hasPictures = false;
        for (qsizetype at = 0; at < text.size(); ++at) {
            hasPictures = hasPictures || isPicture(text.at(at));
            if (isSpecialBlank(text.at(at)))
                setFormat(static_cast<int>(at), 1, format);
        }
        if (!hasPictures)
            return;
        forEachPicture(currentBlock(), [&](int at, QChar) {
            setFormat(at - currentBlock().position(), 1, format);
        });
    }

private:
    const InputText &m_input;
};

InputText::InputText(QObject *parent)
    : QObject(parent)
{
}

InputText::~InputText()
{
    if (textDocument())
        textDocument()->disconnect(this); // the end of the highlighter is a change, too
}

QTextDocument *InputText::textDocument() const
{
    return m_document ? m_document->textDocument() : nullptr;
}

void InputText::setDocument(QQuickTextDocument *document)
{
    if (m_document == document)
        return;
    if (textDocument())
        textDocument()->disconnect(this);
    m_document = document;
    m_highlighter = document ? std::make_unique<Highlighter>(textDocument(), *this) : nullptr;
    if (document)
        connect(textDocument(), &QTextDocument::contentsChange, this, &InputText::read);
    Q_EMIT documentChanged();
    read();
}

/// Looks what is in the document now.
void InputText::read()
{
    QString text;
    if (const QTextDocument *document = textDocument()) {
        text = document->toRawText();
        std::replace(text.begin(), text.end(), QChar(QChar::ParagraphSeparator), QChar(u'\n'));
        if (std::any_of(text.cbegin(), text.cend(), isPicture)) {
            for (QTextBlock block = document->begin(); block.isValid(); block = block.next())
                forEachPicture(block, [&](int at, QChar c) { text[at] = c; });
        }
    }
    if (m_text == text)
        return; // only formats have changed
    m_text = text;
    // Before it is laid out.
    if (const bool hasLongWord = hasLongWordIn(text); m_hasLongWord != hasLongWord) {
        m_hasLongWord = hasLongWord;
        Q_EMIT hasLongWordChanged();
    }
    Q_EMIT textChanged();
}

void InputText::setText(const QString &text)
{
    if (m_text == text || !textDocument())
        return;
    textDocument()->setUndoRedoEnabled(false);
    replace(text);
    textDocument()->setUndoRedoEnabled(true);
}

void InputText::replace(const QString &text)
{
    insert(0, static_cast<int>(m_text.size()), text);
}

void InputText::insert(int start, int end, const QString &text)
{
    QTextDocument *document = textDocument();
    if (!document)
        return;
    const int last = document->characterCount() - 1;
    QTextCursor cursor(document);
    cursor.beginEditBlock();
    cursor.setPosition(std::clamp(start, 0, last));
    cursor.setPosition(std::clamp(end, 0, last), QTextCursor::KeepAnchor);
    cursor.removeSelectedText();
    insertInto(cursor, text);
    cursor.endEditBlock();
}

QString InputText::part(int start, int end) const
{
    const int size = static_cast<int>(m_text.size());
    const int from = std::clamp(start, 0, size);
    return m_text.sliced(from, std::clamp(end, from, size) - from);
}

void InputText::copy(int start, int end) const
{
    QGuiApplication::clipboard()->setText(part(start, end));
}

void InputText::setMark(const QColor &mark)
{
    if (m_mark == mark)
        return;
    m_mark = mark;
    if (m_highlighter && m_highlighter->document())
        m_highlighter->rehighlight();
    Q_EMIT markChanged();
}

QChar InputText::pictureOf(QChar c)
{
    constexpr char16_t controlPictures = 0x2400;
    constexpr char16_t frameBegins = 0xfdd0; // a document's own, as is the next one
    constexpr char16_t frameEnds = 0xfdd1;
    switch (c.unicode()) {
    case u'\n':
    case u'\t':
        return {};
    case 0x7f:
        return u'␡';
    case QChar::LineSeparator:
        return u'↵';
    case QChar::ParagraphSeparator:
        return u'¶';
    case frameBegins:
    case frameEnds:
    case QChar::ObjectReplacementCharacter:
        return otherPicture;
    default:
        break;
    }
    if (c < u' ')
        return QChar(static_cast<char16_t>(controlPictures + c.unicode()));
    return DisplayText::needsMark(c.unicode()) ? otherPicture : QChar();
}
