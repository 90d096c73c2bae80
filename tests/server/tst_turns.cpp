// SPDX-License-Identifier: MIT
#include "epollmain.h"
#include "frameheader.h"
#include "tcptransport.h"
#include "testclients.h"
#include "worker.h"

#include <QTest>

#include <cstdarg>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

/// The server's calls of the kernel: its peers here use others.
struct Calls
{
    int receives = 0;
    int sends = 0;
    int interestChanges = 0; ///< in what epoll reports
    int queries = 0; ///< of how much there is to read or to write
};
Calls calls;

} // namespace

// Found before those of the C library: so that system calls can be counted.
extern "C" ssize_t recv(int descriptor, void *data, size_t size, int flags)
{
    ++calls.receives;
    return ::syscall(SYS_recvfrom, descriptor, data, size, flags, nullptr, nullptr);
}

extern "C" ssize_t send(int descriptor, const void *data, size_t size, int flags)
{
    ++calls.sends;
    return ::syscall(SYS_sendto, descriptor, data, size, flags, nullptr, 0);
}

extern "C" ssize_t sendmsg(int descriptor, const msghdr *message, int flags)
{
    ++calls.sends;
    return ::syscall(SYS_sendmsg, descriptor, message, flags);
}

extern "C" int epoll_ctl(int epoll, int operation, int descriptor, epoll_event *event) noexcept
{
    ++calls.interestChanges;
    return int(::syscall(SYS_epoll_ctl, epoll, operation, descriptor, event));
}

extern "C" int ioctl(int descriptor, unsigned long request, ...) noexcept
{
    ++calls.queries;
    va_list arguments;
    va_start(arguments, request);
    void *const argument = va_arg(arguments, void *);
    va_end(arguments);
    return int(::syscall(SYS_ioctl, descriptor, request, argument));
}

namespace {

/// A client that does nothing by itself.
class Peer
{
public:
    explicit Peer(Worker &worker)
    {
        int ends[2] = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
            qFatal("no socket pair");
        m_descriptor = ends[0];
        worker.serve(std::make_unique<TcpTransport>(ends[1], QHostAddress(QHostAddress::LocalHost),
                                                    quint16(40'000)));
    }
    ~Peer() { ::close(m_descriptor); }
    Q_DISABLE_COPY_MOVE(Peer)

    /// Returns whether the kernel has taken all of it.
    [[nodiscard]] bool send(const QByteArray &bytes) const
    {
        return ::write(m_descriptor, bytes.constData(), size_t(bytes.size())) == bytes.size();
    }
    /// All that has come.
    QByteArray received()
    {
        QByteArray part(1024 * 1024, Qt::Uninitialized);
        for (;;) {
            const ssize_t size = ::read(m_descriptor, part.data(), size_t(part.size()));
            if (size <= 0)
                return m_received;
            m_received += part.first(size);
        }
    }
    void forget() { m_received.clear(); }

private:
    int m_descriptor = -1;
    QByteArray m_received;
};

struct Message
{
    Opcode opcode;
    QByteArray payload;
};

/// As a server sends it.
QByteArray unmasked(const Message &message)
{
    return FrameHeader(message.opcode, message.payload.size()).bytes().toByteArray()
        + message.payload;
}

/// As a client sends it, with a masking key of zeros.
QByteArray masked(const Message &message)
{
    QByteArray frame = unmasked(message);
    frame[1] = char(frame.at(1) | 0x80);
    return frame.insert(frame.size() - message.payload.size(), QByteArray(4, '\0'));
}

} // namespace

/// What a peer's turn costs: calls of the kernel are most of it.
class TurnsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneReceiveAndOneSend_data()
    {
        QTest::addColumn<QList<Message>>("messages");
        QTest::addColumn<int>("count"); // of all of them, one behind another
        const Message small = {Opcode::Text, "twenty letters here."_ba};
        QTest::newRow("a message") << QList<Message>{small} << 1;
        QTest::newRow("an empty one") << QList<Message>{{Opcode::Binary, {}}} << 1;
        QTest::newRow("1 KiB") << QList<Message>{{Opcode::Text, QByteArray(1024, 'x')}} << 1;
        QTest::newRow("64 KiB") << QList<Message>{{Opcode::Text, QByteArray(64 * 1024, 'x')}} << 1;
        QTest::newRow("16 in flight") << QList<Message>{small} << 16;
        QTest::newRow("1,000 in flight") << QList<Message>{small} << 1000;
        QTest::newRow("small and large")
            << QList<Message>{small, {Opcode::Binary, QByteArray(10'000, 'x')}} << 5;
        QTest::newRow("with a ping between")
            << QList<Message>{small, {Opcode::Ping, "p"_ba}, small} << 3;
    }

    void oneReceiveAndOneSend()
    {
        QFETCH(const QList<Message>, messages);
        QFETCH(const int, count);
        Worker worker({}, m_admission);
        Peer peer(worker);
        QVERIFY(peer.send(request));
        QTRY_VERIFY(peer.received().endsWith("\r\n\r\n"));
        QVERIFY(peer.received().startsWith("HTTP/1.1 101 "));

        QByteArray input;
        QByteArray echoes;
        for (const Message &message : messages) {
            input += masked(message);
            const bool isPing = message.opcode == Opcode::Ping;
            echoes += unmasked({isPing ? Opcode::Pong : message.opcode, message.payload});
        }
        for (int round = 0; round < 3; ++round) {
            peer.forget();
            calls = {};
            QVERIFY(peer.send(input.repeated(count)));
            QTRY_COMPARE(peer.received().size(), echoes.size() * count);
            QVERIFY(peer.received() == echoes.repeated(count));
            QCOMPARE(calls.receives, 1);
            QCOMPARE(calls.sends, 1);
            QCOMPARE(calls.interestChanges, 0);
            QCOMPARE(calls.queries, 0);
        }
    }

    void theHandshakeToo()
    {
        Worker::Task task;
        task.greeting = u"Hello"_s;
        Worker worker({}, m_admission);
        worker.start(task, {});
        Peer peer(worker);
        QCoreApplication::processEvents(); // it is being watched
        calls = {};
        const Message first = {Opcode::Text, "at once"_ba};
        QVERIFY(peer.send(request + masked(first)));
        QTRY_VERIFY(peer.received().endsWith(unmasked(first)));
        QVERIFY(peer.received().contains("Hello"_ba));
        QCOMPARE(calls.receives, 1);
        QCOMPARE(calls.sends, 1);
    }

    void waitsForTheKernelOnlyWhenItIsFull()
    {
        Worker worker({}, m_admission);
        Peer peer(worker);
        QVERIFY(peer.send(request));
        QTRY_VERIFY(peer.received().endsWith("\r\n\r\n"));
        peer.forget();

        const Message message = {Opcode::Binary, QByteArray(64 * 1024, 'x')};
        calls = {};
        int sent = 0;
        while (calls.interestChanges == 0) {
            if (peer.send(masked(message)))
                ++sent;
            QCoreApplication::processEvents();
            QVERIFY(sent < 100);
        }
        QCOMPARE(calls.interestChanges, 1);
        // What else there is to send waits with it, without another try.
        const int sends = calls.sends;
        QVERIFY(peer.send(masked({Opcode::Text, "and this"_ba})));
        QCoreApplication::processEvents();
        QCOMPARE(calls.sends, sends);
        const qsizetype size = unmasked(message).size() * sent + 2 + 8;
        QTRY_COMPARE(peer.received().size(), size);
        QTRY_COMPARE(calls.interestChanges, 2);
    }

private:
    const QByteArray request = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"_ba;
    Admission m_admission{1, 1};
};

EPOLL_TEST_MAIN(TurnsTest)
#include "tst_turns.moc"
