// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <QtQml/qqmlregistration.h>

/*!
    A text from the clipboard, kept while somebody asks what is to become of it.
*/
class PastedText : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    /// The text, exactly; empty: none.
    Q_PROPERTY(QString text READ text NOTIFY textChanged FINAL)
    /// UTF-16 code units, bytes of UTF-8, and lines that are not empty.
    Q_PROPERTY(int length READ length NOTIFY textChanged FINAL)
    Q_PROPERTY(int bytes READ bytes NOTIFY textChanged FINAL)
    Q_PROPERTY(int lineCount READ lineCount NOTIFY textChanged FINAL)

public:
    using QObject::QObject;

    [[nodiscard]] QString text() const { return m_text; }
    [[nodiscard]] int length() const { return static_cast<int>(m_text.size()); }
    [[nodiscard]] int bytes() const { return m_bytes; }
    [[nodiscard]] int lineCount() const { return m_lineCount; }

    /// Takes what is in the clipboard, or what is selected with the mouse, and pasted with its
    /// middle button. Returns whether there is any text.
    Q_INVOKABLE bool take(bool fromSelection = false);
    Q_INVOKABLE void set(const QString &text);
    Q_INVOKABLE void clear() { set({}); }
    /// Its lines that are not empty, without their CR and LF: Enter on an empty line sends nothing
    /// either.
    Q_INVOKABLE [[nodiscard]] QStringList lines() const;

Q_SIGNALS:
    void textChanged();

private:
    QString m_text;
    int m_bytes = 0;
    int m_lineCount = 0;
};
