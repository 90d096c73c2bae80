// SPDX-License-Identifier: MIT
#include "closecode.h"

#include "utf8.h"

#include <QtEndian>

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

bool canReceiveCloseCode(int code)
{
    return (code >= 3000 && code <= 4999)
        || (code != 1005 && code != 1006 && code != 1015 && !closeCodeName(code).isEmpty());
}

QString describeClose(CloseSide side, int code, const QString &reason, const QString &unclean)
{
    if (side == CloseSide::Nobody)
        return u"given up before it was open"_s;
    QString text = unclean.isEmpty() ? u"closed cleanly "_s : u"closed "_s;
    text +=
        (side == CloseSide::Here ? u"from here: "_s : u"by the server: "_s) + QString::number(code);
    const QString name = closeCodeName(code);
    if (!name.isEmpty())
        text += u", "_s + name;
    if (!reason.isEmpty())
        text += u", “"_s + reason + u'”';
    if (!unclean.isEmpty())
        text += u"; not cleanly: "_s + unclean;
    return text;
}

CloseFrame CloseFrame::read(const QByteArray &payload)
{
    constexpr qsizetype codeSize = 2;
    CloseFrame frame;
    if (payload.size() < codeSize)
        return frame;
    frame.code = qFromBigEndian<quint16>(payload.constData());
    const auto reason = decodedUtf8(payload.sliced(codeSize));
    frame.isReasonText = reason.has_value();
    frame.reason = reason.value_or(QString());
    return frame;
}

QByteArray CloseFrame::payload() const
{
    if (code == noStatus)
        return {};
    QByteArray bytes(sizeof(quint16), Qt::Uninitialized);
    qToBigEndian(static_cast<quint16>(code), bytes.data());
    return bytes + reason.toUtf8();
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
