// SPDX-License-Identifier: MIT
#include "inputcheck.h"

#include "codepoint.h"
#include "invisibles.h"
#include "jsonlines.h"

using namespace Qt::Literals::StringLiterals;

namespace {

/// How many bytes \a text is in UTF-8; half a character is three, as U+FFFD.
int utf8Size(QStringView text)
{
    int size = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char32_t c = codePointAt(text, i);
        const bool isPair = QChar::requiresSurrogates(c);
        size += isPair ? 4 : c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
        i += isPair ? 1 : 0;
    }
    return size;
}

/// Whether somebody who typed it had JSON in mind.
bool looksLikeJson(QStringView text)
{
    const QStringView words = text.trimmed();
    return words.startsWith(u'{') || words.startsWith(u'[');
}

} // namespace

InputCheck::InputCheck(QObject *parent)
    : QObject(parent)
{
    m_timer.setSingleShot(true);
    m_timer.setInterval(delay);
    connect(&m_timer, &QTimer::timeout, this, &InputCheck::check);
}

void InputCheck::setText(const QString &text)
{
    if (m_text == text)
        return;
    m_text = text;
    m_bytes = utf8Size(text);
    m_trailing = trailingBlanks(text);
    m_lines = text.isEmpty() ? 0 : static_cast<int>(text.count(u'\n')) + 1;
    Q_EMIT textChanged();
    if (text.isEmpty())
        check();
    else
        m_timer.start();
}

void InputCheck::check()
{
    m_timer.stop();
    m_invisible.clear();
    m_json.clear();
    if (m_text.size() > maxLength) {
        m_invisible = tr("too long to be looked through");
    } else {
        m_invisible = invisiblesIn(m_text).join(u" · "_s);
        if (looksLikeJson(m_text)) {
            const JsonLines json(m_text.toUtf8(), 0);
            if (const auto &problem = json.problem()) {
                m_json = tr("Not JSON, at %1:%2: %3")
                             .arg(problem->line)
                             .arg(problem->column)
                             .arg(problem->reason);
            }
        }
    }
    Q_EMIT checked();
}

bool InputCheck::isSendable() const
{
    return m_text.isValidUtf16();
}
