// SPDX-License-Identifier: MIT
#include "logging.h"

#include "escape.h"

#include <cstdio>

using namespace Qt::Literals::StringLiterals;

Q_LOGGING_CATEGORY(lcServer, "awesomechat.server", QtInfoMsg)
Q_LOGGING_CATEGORY(lcMessages, "awesomechat.server.messages", QtWarningMsg)

namespace {

constexpr QByteArrayView ellipsis("\xe2\x80\xa6");

bool isInsideCodePoint(char byte)
{
    return (quint8(byte) & 0xc0) == 0x80;
}

void writeToStderr(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const QByteArray line = logLine(type, context, message);
    // One call, so that lines of several processes on one terminal stay whole.
    std::fwrite(line.constData(), 1, size_t(line.size()), stderr);
}

} // namespace

QByteArray logLine(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    // More would be cut anyway, as each character takes a byte or more.
    const QString harmless = withoutControls(QStringView(message).left(maxLogLineSize));
    QByteArray line = qFormatLogMessage(type, context, harmless).toUtf8();
    if (line.size() >= maxLogLineSize) {
        qsizetype end = maxLogLineSize - ellipsis.size() - 1;
        while (end > 0 && isInsideCodePoint(line[end]))
            --end;
        line.truncate(end);
        line += ellipsis;
    }
    return line + '\n';
}

void setUpLogging(bool verbose)
{
    qSetMessagePattern(u"%{time yyyy-MM-dd hh:mm:ss.zzz} %{message}"_s);
    qInstallMessageHandler(writeToStderr);
    if (verbose)
        QLoggingCategory::setFilterRules(u"awesomechat.server.messages=true"_s);
}
