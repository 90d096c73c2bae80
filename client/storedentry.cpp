// SPDX-License-Identifier: MIT
#include "storedentry.h"

#include "displaytext.h"

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr qsizetype maxShown = 200; // UTF-16 code units

QString shown(const QString &words)
{
    return DisplayText::visible(words.simplified(), maxShown, 1).text;
}

} // namespace

QString ConversationInfo::shownName() const
{
    return shown(name.isEmpty() ? server : name);
}

QString ConversationInfo::shownServer() const
{
    return shown(server);
}
