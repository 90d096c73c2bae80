// SPDX-License-Identifier: MIT
#include "logging.h"

#include "escape.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

using namespace Qt::Literals::StringLiterals;

Q_LOGGING_CATEGORY(lcServer, "awesomechat.server", QtInfoMsg)
Q_LOGGING_CATEGORY(lcMessages, "awesomechat.server.messages", QtWarningMsg)

namespace {

constexpr QByteArrayView ellipsis("\xe2\x80\xa6");

bool isInsideCodePoint(char byte)
{
    return (quint8(byte) & 0xc0) == 0x80;
}

/// As "%{time yyyy-MM-dd hh:mm:ss.zzz}", which Qt works out several times as long, and for which it
/// asks each time which time zone it is.
QByteArray timeNow()
{
    using namespace std::chrono;
    const auto now = system_clock::now().time_since_epoch();
    const std::time_t second = floor<seconds>(now).count();
    std::tm local = {};
    ::localtime_r(&second, &local);
    std::array<char, 32> text = {};
    const std::size_t size = std::strftime(text.data(), text.size(), "%F %T.", &local);
    const auto milliseconds = int(floor<std::chrono::milliseconds>(now % 1s).count());
    return QByteArray(text.data(), qsizetype(size))
        + QByteArray::number(milliseconds).rightJustified(3, '0');
}

/// With its time, unless QT_MESSAGE_PATTERN says otherwise.
QByteArray formatted(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (qEnvironmentVariableIsEmpty("QT_MESSAGE_PATTERN"))
        return timeNow() + ' ' + message.toUtf8();
    return qFormatLogMessage(type, context, message).toUtf8();
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
    QByteArray line = formatted(type, context, harmless);
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
    qInstallMessageHandler(writeToStderr);
    if (verbose)
        QLoggingCategory::setFilterRules(u"awesomechat.server.messages=true"_s);
}
