// SPDX-License-Identifier: MIT
#include "hithighlighter.h"

#include <QSyntaxHighlighter>
#include <QTextCharFormat>

class HitHighlighter::Highlighter : public QSyntaxHighlighter
{
public:
    /// Not a child of \a document: it is \a hits' own.
    Highlighter(QTextDocument *document, const HitHighlighter &hits)
        : QSyntaxHighlighter(static_cast<QObject *>(nullptr))
        , m_hits(hits)
    {
        setDocument(document);
    }

protected:
    void highlightBlock(const QString &text) override
    {
        const QString needle = m_hits.needle();
        if (needle.isEmpty())
            return;
        QTextCharFormat format;
        format.setBackground(m_hits.color());
        for (qsizetype at = text.indexOf(needle, 0, Qt::CaseInsensitive); at >= 0;
             at = text.indexOf(needle, at + needle.size(), Qt::CaseInsensitive))
            setFormat(int(at), int(needle.size()), format);
    }

private:
    const HitHighlighter &m_hits;
};

HitHighlighter::HitHighlighter(QObject *parent)
    : QObject(parent)
{
}

HitHighlighter::~HitHighlighter() = default;

void HitHighlighter::setDocument(QQuickTextDocument *document)
{
    if (m_document == document)
        return;
    m_document = document;
    m_highlighter =
        document ? std::make_unique<Highlighter>(document->textDocument(), *this) : nullptr;
    Q_EMIT documentChanged();
}

void HitHighlighter::setNeedle(const QString &needle)
{
    if (m_needle == needle)
        return;
    m_needle = needle;
    update();
    Q_EMIT needleChanged();
}

void HitHighlighter::setColor(const QColor &color)
{
    if (m_color == color)
        return;
    m_color = color;
    update();
    Q_EMIT colorChanged();
}

void HitHighlighter::update()
{
    if (m_highlighter && m_highlighter->document())
        m_highlighter->rehighlight();
}
