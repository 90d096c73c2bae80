// SPDX-License-Identifier: MIT
#include "pastedtext.h"

#include <QClipboard>
#include <QGuiApplication>

using namespace Qt::Literals::StringLiterals;

bool PastedText::take(bool fromSelection)
{
    const QClipboard &clipboard = *QGuiApplication::clipboard();
    set(clipboard.text(fromSelection ? QClipboard::Selection : QClipboard::Clipboard));
    return !m_text.isEmpty();
}

void PastedText::set(const QString &text)
{
    if (m_text == text)
        return;
    m_text = text;
    m_bytes = static_cast<int>(text.toUtf8().size());
    m_lineCount = static_cast<int>(lines().size());
    Q_EMIT textChanged();
}

QStringList PastedText::lines() const
{
    QStringList result;
    for (QStringView line : QStringView(m_text).split(u'\n')) {
        if (line.endsWith(u'\r'))
            line.chop(1);
        if (!line.isEmpty())
            result += line.toString();
    }
    return result;
}
