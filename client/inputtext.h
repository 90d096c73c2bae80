// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QObject>
#include <QPointer>
#include <QQuickTextDocument>
#include <QString>
#include <QtQml/qqmlregistration.h>

#include <memory>

class QTextDocument;

/*!
    The exact text in a TextEdit with textFormat TextEdit.PlainText, to be read and set instead of
    TextEdit.text: that one has blanks for no-break spaces, and makes line feeds of carriage returns
    and of U+2028 and U+2029.

    A document cannot hold some characters, and others would turn the line around or could not be
    seen. So each of those that are set or inserted is shown as one visible character, its picture,
    and the document remembers which it is, through undo and redo, too. What is typed by keys is in
    the document as it is. Pictures and special blanks have the mark behind them.
*/
class InputText : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    /// TextEdit.textDocument.
    Q_PROPERTY(QQuickTextDocument *document READ document WRITE setDocument NOTIFY documentChanged
                   REQUIRED FINAL)
    /// The text, unit for unit as it is to be sent. What is set cannot be undone; see replace().
    Q_PROPERTY(QString text READ text WRITE setText NOTIFY textChanged FINAL)
    /// Whether a word is longer than maxWordLength: then lines are to break anywhere, because
    /// looking for a better place in such a word takes seconds.
    Q_PROPERTY(bool hasLongWord READ hasLongWord NOTIFY hasLongWordChanged FINAL)
    /// What is behind what cannot be seen by itself.
    Q_PROPERTY(QColor mark READ mark WRITE setMark NOTIFY markChanged FINAL)

public:
    static constexpr qsizetype maxWordLength = 4096;

    explicit InputText(QObject *parent = nullptr);
    ~InputText() override;

    [[nodiscard]] QQuickTextDocument *document() const { return m_document; }
    void setDocument(QQuickTextDocument *document);
    [[nodiscard]] QString text() const { return m_text; }
    void setText(const QString &text);
    [[nodiscard]] bool hasLongWord() const { return m_hasLongWord; }
    [[nodiscard]] QColor mark() const { return m_mark; }
    void setMark(const QColor &mark);

    /// Puts \a text in place of all; undoing (Ctrl+Z) brings that back.
    Q_INVOKABLE void replace(const QString &text);
    /// Puts \a text in place of what is from \a start to before \a end, in UTF-16 code units; one
    /// step to undo.
    Q_INVOKABLE void insert(int start, int end, const QString &text);
    /// The part from \a start to before \a end.
    Q_INVOKABLE [[nodiscard]] QString part(int start, int end) const;
    /// Puts that part into the clipboard.
    Q_INVOKABLE void copy(int start, int end) const;

    /// What \a c is shown as where a document cannot hold it, or where it could not be seen; null
    /// where it is shown as itself.
    [[nodiscard]] static QChar pictureOf(QChar c);

Q_SIGNALS:
    void documentChanged();
    void textChanged();
    void hasLongWordChanged();
    void markChanged();

private:
    class Highlighter;
    [[nodiscard]] QTextDocument *textDocument() const;
    void read();

    QPointer<QQuickTextDocument> m_document;
    std::unique_ptr<Highlighter> m_highlighter;
    QString m_text;
    QColor m_mark;
    bool m_hasLongWord = false;
};
