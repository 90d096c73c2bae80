// SPDX-License-Identifier: MIT
#include "entry.h"

using namespace Qt::Literals::StringLiterals;

QString Entry::prefix() const
{
    switch (direction) {
    case Sent:
        return u">"_s;
    case Received:
        return u"<"_s;
    case Local:
        break;
    }
    return u"#"_s;
}
