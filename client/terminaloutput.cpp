// SPDX-License-Identifier: MIT
#include "terminaloutput.h"

#include "displaytext.h"
#include "entry.h"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

/// "SGR" of ECMA-48 before a row; empty for none. What was received looks as the terminal's text.
QByteArray colourOf(const Entry &entry)
{
    if (entry.kind == Entry::Failed)
        return "\033[31m"_ba; // red
    if (entry.direction == Entry::Sent)
        return "\033[36m"_ba; // cyan
    return entry.direction == Entry::Local ? "\033[2m"_ba : QByteArray(); // faint
}

} // namespace

QByteArray terminalRow(const Entry &entry, bool colours)
{
    QString text = DisplayText::whole(entry);
    // Further lines are indented, so that none of them looks like a row.
    text.replace(u'\n', u"\n  "_s);
    const QByteArray row = entry.prefix().toUtf8() + ' ' + text.toUtf8();
    const QByteArray colour = colours ? colourOf(entry) : QByteArray();
    return colour.isEmpty() ? row + '\n' : colour + row + "\033[0m\n";
}

bool hasColours(int descriptor)
{
    return ::isatty(descriptor) == 1 && qEnvironmentVariableIsEmpty("NO_COLOR")
        && qgetenv("TERM") != "dumb";
}

bool writeAll(int descriptor, const QByteArray &bytes)
{
    for (qsizetype done = 0; done < bytes.size();) {
        const ssize_t count = ::write(descriptor, bytes.constData() + done,
                                      static_cast<std::size_t>(bytes.size() - done));
        if (count >= 0) {
            done += count;
        } else if (errno == EAGAIN) {
            pollfd ready{descriptor, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}
