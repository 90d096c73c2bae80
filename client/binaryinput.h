// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QtQml/qqmlregistration.h>

/*!
    Bytes that are typed as text: in hexadecimal digits, or in Base64 (RFC 4648).

    Between bytes in hexadecimal there may be blanks, line feeds, colons, commas, hyphens and
    semicolons, and 0x or \x before each. Base64 is the usual one or that for URLs, with or without
    padding; blanks and line feeds do not matter.
*/
class BinaryInput : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    Q_PROPERTY(QString text READ text WRITE setText NOTIFY changed FINAL)
    Q_PROPERTY(Encoding encoding READ encoding WRITE setEncoding NOTIFY changed FINAL)
    /// How many bytes it is, up to what is wrong.
    Q_PROPERTY(int size READ size NOTIFY changed FINAL)
    /// What is wrong with the text, and where (line and column, from 1); or empty.
    Q_PROPERTY(QString problem READ problem NOTIFY changed FINAL)

public:
    enum Encoding { Hex, Base64 };
    Q_ENUM(Encoding)

    struct Decoded
    {
        QByteArray bytes;
        QString problem = {};
    };
    [[nodiscard]] static Decoded decoded(QStringView text, Encoding encoding);

    using QObject::QObject;

    [[nodiscard]] QString text() const { return m_text; }
    void setText(const QString &text);
    [[nodiscard]] Encoding encoding() const { return m_encoding; }
    void setEncoding(Encoding encoding);
    [[nodiscard]] int size() const { return static_cast<int>(m_decoded.bytes.size()); }
    [[nodiscard]] QString problem() const { return m_decoded.problem; }

    Q_INVOKABLE [[nodiscard]] QByteArray bytes() const { return m_decoded.bytes; }

Q_SIGNALS:
    void changed();

private:
    QString m_text;
    Decoded m_decoded;
    Encoding m_encoding = Hex;
};
