// SPDX-License-Identifier: MIT
#include "terminaloutput.h"

#include "displaytext.h"
#include "entry.h"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

QByteArray terminalRow(const Entry &entry)
{
    QString text = DisplayText::whole(entry);
    // Further lines are indented, so that none of them looks like a row.
    text.replace(u'\n', u"\n  "_s);
    return entry.prefix().toUtf8() + ' ' + text.toUtf8() + '\n';
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
