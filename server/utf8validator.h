// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArrayView>

/*!
    Says of a text that comes in pieces, cut anywhere, whether it is UTF-8 (RFC 3629), at the first
    byte that cannot be.
*/
class Utf8Validator
{
public:
    /// Takes the next bytes. False when some byte up to here is wrong, and then until reset().
    [[nodiscard]] bool feed(QByteArrayView input);
    /// Whether the text may end here: it is valid, and no character lacks bytes.
    [[nodiscard]] bool isComplete() const { return m_state == 0; }
    /// Starts a new text.
    void reset() { *this = {}; }

private:
    /// Of the automaton; 0 between two characters.
    quint8 m_state = 0;
};
