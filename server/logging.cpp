// SPDX-License-Identifier: MIT
#include "logging.h"

#include <cstdio>

using namespace Qt::Literals::StringLiterals;

Q_LOGGING_CATEGORY(lcServer, "awesomechat.server", QtInfoMsg)
Q_LOGGING_CATEGORY(lcMessages, "awesomechat.server.messages", QtWarningMsg)

namespace {

void writeToStderr(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const QByteArray line = qFormatLogMessage(type, context, message).toUtf8() + '\n';
    // One call, so that lines of several processes on one terminal stay whole.
    std::fwrite(line.constData(), 1, size_t(line.size()), stderr);
}

} // namespace

void setUpLogging(bool verbose)
{
    qSetMessagePattern(u"%{time yyyy-MM-dd hh:mm:ss.zzz} %{message}"_s);
    qInstallMessageHandler(writeToStderr);
    if (verbose)
        QLoggingCategory::setFilterRules(u"awesomechat.server.messages=true"_s);
}
