// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <QtQml/qqmlregistration.h>

/*!
    What the rows of a payload are made of; in QML as \c PayloadType.Key and so on.
*/
namespace PayloadType {
Q_NAMESPACE
QML_ELEMENT

/// What a span of a row is: a token of JSON, plain text, or what this program says about it.
enum Kind { Plain, Key, String, Number, Keyword, Punctuation, Note };
Q_ENUM_NS(Kind)

/// How a row differs from the previous message.
enum Change { Same, Added, Removed, Changed };
Q_ENUM_NS(Change)
} // namespace PayloadType

/// A piece of a row that has one colour; its text is harmless as DisplayText makes it.
struct PayloadSpan
{
    QString text;
    PayloadType::Kind kind = PayloadType::Plain;

    friend bool operator==(const PayloadSpan &, const PayloadSpan &) = default;
};

/*!
    One row of a payload as it is shown, whether as text, as JSON or as bytes.
*/
struct PayloadRow
{
    /// The line's number, or the offset of its first byte; empty where a line goes on.
    QString number;
    /// Steps of indentation.
    int depth = 0;
    QList<PayloadSpan> spans;
    bool foldable = false;
    bool folded = false;
    PayloadType::Change change = PayloadType::Same;

    /// All of its spans.
    [[nodiscard]] QString text() const
    {
        QString text;
        for (const PayloadSpan &span : spans)
            text += span.text;
        return text;
    }
};
