// SPDX-License-Identifier: MIT
#include "portholder.h"

#include "displaytext.h"

#include <QCoreApplication>
#include <QFile>
#include <QHostAddress>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <optional>

#include <unistd.h>

using namespace Qt::Literals::StringLiterals;
namespace fs = std::filesystem;

namespace {

/// How many open files of other processes are looked at, at most.
constexpr int maxFiles = 50'000;
/// What the kernel keeps of a process's name, in bytes.
constexpr qsizetype maxCommLength = 15;
constexpr qsizetype maxShownName = 40;

struct BoundSocket
{
    QByteArray inode;
    uint user = 0;
};

/// An address as /proc/net/tcp has it: 32-bit words in network order, written as the numbers that
/// they are on this machine; see proc_pid_net(5).
QHostAddress parseAddress(const QByteArray &hex)
{
    Q_IPV6ADDR bytes = {};
    const qsizetype words = hex.size() / 8;
    for (qsizetype i = 0; i < std::min<qsizetype>(words, 4); ++i) {
        const quint32 word = hex.mid(i * 8, 8).toUInt(nullptr, 16);
        std::memcpy(&bytes[int(i) * 4], &word, sizeof word);
    }
    if (words == 4)
        return QHostAddress(bytes);
    return QHostAddress(quint32(bytes[0]) << 24 | quint32(bytes[1]) << 16 | quint32(bytes[2]) << 8
                        | bytes[3]);
}

/// Whether who listens there keeps us from listening on localhost.
bool isInOurWay(const QHostAddress &address)
{
    constexpr std::array ours{QHostAddress::LocalHost, QHostAddress::LocalHostIPv6,
                              QHostAddress::AnyIPv4, QHostAddress::AnyIPv6};
    return std::any_of(ours.begin(), ours.end(), [&address](QHostAddress::SpecialAddress one) {
        return address.isEqual(QHostAddress(one), QHostAddress::ConvertV4MappedToIPv4);
    });
}

/// A socket in the kernel's table \a fileName that has \a port of the loopback: one that listens
/// rather than one that is connected.
std::optional<BoundSocket> findSocket(const QString &fileName, quint16 port)
{
    constexpr QByteArrayView listening("0A");
    QFile table(fileName);
    if (!table.open(QIODevice::ReadOnly))
        return std::nullopt;
    std::optional<BoundSocket> found;
    table.readLine(); // headings
    for (QByteArray line = table.readLine(); !line.isEmpty(); line = table.readLine()) {
        // number, local address:port, remote one, state, queues, timer, retransmits, user,
        // timeout, inode
        const QList<QByteArray> columns = line.simplified().split(' ');
        if (columns.size() < 10 || columns[9] == "0") // nobody's any more
            continue;
        const QList<QByteArray> local = columns[1].split(':');
        if (local.size() != 2 || local[1].toUInt(nullptr, 16) != port)
            continue;
        if (!isInOurWay(parseAddress(local[0])))
            continue;
        found = {columns[9], columns[7].toUInt()};
        if (columns[3] == listening)
            break;
    }
    return found;
}

/// The /proc folder of a process that has the socket open; empty when it is not seen from here.
fs::path findProcess(const BoundSocket &socket)
{
    const std::string wanted = "socket:[" + socket.inode.toStdString() + ']';
    int files = 0;
    std::error_code error; // others' folders, and processes that end meanwhile
    for (fs::directory_iterator process("/proc", error), end; process != end && !error;
         process.increment(error)) {
        const std::string name = process->path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        std::error_code hidden;
        for (fs::directory_iterator file(process->path() / "fd", hidden); file != end && !hidden;
             file.increment(hidden)) {
            if (++files > maxFiles)
                return {};
            std::error_code closed;
            if (fs::read_symlink(file->path(), closed) == wanted)
                return process->path();
        }
    }
    return {};
}

QByteArray contentOf(const fs::path &path)
{
    QFile file(QString::fromStdString(path));
    return file.open(QIODevice::ReadOnly) ? file.read(4096) : QByteArray();
}

QString nameOf(const fs::path &process)
{
    QByteArray name = contentOf(process / "comm").trimmed();
    if (name.size() == maxCommLength) { // it may have been cut
        const QByteArray program = contentOf(process / "cmdline").split('\0').constFirst();
        const QByteArray whole = program.mid(program.lastIndexOf('/') + 1);
        if (whole.startsWith(name))
            name = whole;
    }
    return DisplayText::visible(QString::fromLocal8Bit(name), maxShownName, 1).text;
}

} // namespace

QString portHolder(quint16 port)
{
    for (const auto &table : {u"/proc/net/tcp"_s, u"/proc/net/tcp6"_s}) {
        const std::optional<BoundSocket> socket = findSocket(table, port);
        if (!socket)
            continue;
        const fs::path process = findProcess(*socket);
        if (!process.empty())
            return u"%1 (%2)"_s.arg(nameOf(process),
                                    QString::fromStdString(process.filename().string()));
        return socket->user != geteuid()
            ? QCoreApplication::translate("PortHolder", "another user’s program")
            : QCoreApplication::translate("PortHolder", "another program");
    }
    return {};
}
