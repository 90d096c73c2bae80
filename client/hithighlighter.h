// SPDX-License-Identifier: MIT
#pragma once

#include <QColor>
#include <QObject>
#include <QPointer>
#include <QQuickTextDocument>
#include <QString>
#include <QtQml/qqmlregistration.h>

#include <memory>

/*!
    Marks in a TextEdit where the text that is looked for stands, without that becoming markup.
*/
class HitHighlighter : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    /// TextEdit.textDocument.
    Q_PROPERTY(QQuickTextDocument *document READ document WRITE setDocument NOTIFY documentChanged
                   REQUIRED FINAL)
    /// What is marked, in upper or lower case; empty: nothing. It has no line feed.
    Q_PROPERTY(QString needle READ needle WRITE setNeedle NOTIFY needleChanged FINAL)
    /// What is behind a hit.
    Q_PROPERTY(QColor color READ color WRITE setColor NOTIFY colorChanged FINAL)

public:
    explicit HitHighlighter(QObject *parent = nullptr);
    ~HitHighlighter() override;

    [[nodiscard]] QQuickTextDocument *document() const { return m_document; }
    void setDocument(QQuickTextDocument *document);
    [[nodiscard]] QString needle() const { return m_needle; }
    void setNeedle(const QString &needle);
    [[nodiscard]] QColor color() const { return m_color; }
    void setColor(const QColor &color);

Q_SIGNALS:
    void documentChanged();
    void needleChanged();
    void colorChanged();

private:
    class Highlighter;
    void update();

    QPointer<QQuickTextDocument> m_document;
    QString m_needle;
    QColor m_color;
    std::unique_ptr<Highlighter> m_highlighter;
};
