// SPDX-License-Identifier: MIT
#include "closecode.h"

using namespace Qt::Literals::StringLiterals;

QString closeCodeName(int code)
{
    switch (code) {
    case 1000:
        return u"normal closure"_s;
    case 1001:
        return u"going away"_s;
    case 1002:
        return u"protocol error"_s;
    case 1003:
        return u"unsupported data"_s;
    case 1005:
        return u"no status received"_s;
    case 1006:
        return u"abnormal closure"_s;
    case 1007:
        return u"invalid payload data"_s;
    case 1008:
        return u"policy violation"_s;
    case 1009:
        return u"message too big"_s;
    case 1010:
        return u"mandatory extension"_s;
    case 1011:
        return u"internal error"_s;
    case 1012:
        return u"service restart"_s;
    case 1013:
        return u"try again later"_s;
    case 1014:
        return u"bad gateway"_s;
    case 1015:
        return u"TLS handshake failed"_s;
    default:
        return {};
    }
}

bool canSendCloseCode(int code)
{
    return code == 1000 || (code >= 3000 && code <= 4999);
}

QString closeReasonThatFits(QString reason)
{
    constexpr qsizetype maxSize = 123; // the 125 bytes of a control frame, less those of the code
    reason.truncate(maxSize); // no unit takes less than a byte
    while (reason.toUtf8().size() > maxSize)
        reason.chop(reason.back().isLowSurrogate() ? 2 : 1);
    return reason;
}
