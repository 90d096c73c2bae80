// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

/*!
    What is to be said of a text before it is sent. It never changes the text, nor forbids to send
    it.

    The size is there at once. The rest is looked for once nothing was typed for a while: so nothing
    flickers, and nothing makes a key slow.
*/
class InputCheck : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    Q_PROPERTY(QString text READ text WRITE setText NOTIFY textChanged FINAL)
    /// How many bytes of UTF-8 it is, and how many lines.
    Q_PROPERTY(int bytes READ bytes NOTIFY textChanged FINAL)
    Q_PROPERTY(int lines READ lines NOTIFY textChanged FINAL)
    /// What is in it that cannot be seen, and how many blanks are at its end; see invisiblesIn().
    Q_PROPERTY(QString invisible READ invisible NOTIFY checked FINAL)
    Q_PROPERTY(int trailing READ trailing NOTIFY textChanged FINAL)
    /// Where and why it is not JSON, although it begins like JSON; or empty.
    Q_PROPERTY(QString json READ json NOTIFY checked FINAL)

public:
    /// A longer text is not looked through, which invisible says; in UTF-16 code units.
    static constexpr qsizetype maxLength = 1024 * 1024;
    /// After so much time without a change, in ms.
    static constexpr int delay = 400;

    explicit InputCheck(QObject *parent = nullptr);

    [[nodiscard]] QString text() const { return m_text; }
    void setText(const QString &text);
    [[nodiscard]] int bytes() const { return m_bytes; }
    [[nodiscard]] int lines() const { return m_lines; }
    [[nodiscard]] QString invisible() const { return m_invisible; }
    [[nodiscard]] int trailing() const { return m_trailing; }
    [[nodiscard]] QString json() const { return m_json; }

    /// Whether all of the text can be sent: UTF-8 has no half characters (lone surrogates).
    Q_INVOKABLE [[nodiscard]] bool isSendable() const;

Q_SIGNALS:
    void textChanged();
    void checked();

private:
    void check();

    QString m_text;
    QString m_invisible;
    QString m_json;
    QTimer m_timer;
    int m_bytes = 0;
    int m_lines = 0;
    int m_trailing = 0;
};
