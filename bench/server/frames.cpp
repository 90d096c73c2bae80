// SPDX-License-Identifier: MIT
// How fast frames are read, and echoed by all of the server but TCP. Google Benchmark's flags.
#include "framering.h"
#include "logging.h"
#include "worker.h"

#include <benchmark/benchmark.h>

#include <QCoreApplication>

#include <cstring>

using namespace Qt::Literals::StringLiterals;

namespace {

enum class Kind { Ascii, Unicode, Binary };

/// What is handed over at once, at least; as much as one client's turn takes.
constexpr qsizetype blockSize = 64 * 1024;

/// Frames as a client sends them, masked, one behind another.
struct Block
{
    Block(Kind kind, std::size_t size)
        : count(std::max<int>(1, int(blockSize / qsizetype(size))))
    {
        Message message(size, kind == Kind::Binary);
        if (kind == Kind::Unicode) { // 2, 3 and 4 bytes a character; the stamp remains
            const QByteArray characters = "\u00e9\u20ac\U0001f600"_ba;
            for (std::size_t i = Message::stampSize; i + characters.size() <= size;
                 i += characters.size()) {
                std::memcpy(message.payload.data() + i, characters.data(), characters.size());
            }
        }
        FrameRing ring(message, count);
        for (int i = 0; i < count; ++i)
            ring.push(std::uint32_t(i), 0);
        const iovec frames = ring.unsent().front();
        bytes = QByteArray(static_cast<const char *>(frames.iov_base), qsizetype(frames.iov_len));
        payloadBytes = qint64(size) * count;
        constexpr int keySize = 4;
        echoBytes = bytes.size() - keySize * count;
    }

    int count;
    QByteArray bytes;
    qint64 payloadBytes;
    qint64 echoBytes; ///< what the echo of it takes, with its headers
};

/// A client that sends what it is given and counts what comes back.
class BenchTransport : public Transport
{
public:
    BenchTransport()
        : Transport(QHostAddress(QHostAddress::LocalHost), 40'000)
    {
    }

    /// Sends \a bytes, and lets the server work until \a echoBytes have come back.
    void exchange(QByteArrayView bytes, qint64 echoBytes)
    {
        m_input = bytes;
        m_written = 0;
        while (m_written < echoBytes) {
            if (!m_input.isEmpty())
                Q_EMIT readyRead();
            QCoreApplication::processEvents();
        }
    }
    /// The same with a request, and the head of its answer.
    void upgrade(QByteArrayView request)
    {
        exchange(request, 1);
        if (!m_last.startsWith("HTTP/1.1 101 "))
            qFatal("the server has not upgraded: %s", m_last.constData());
    }

    qint64 read(char *data, qint64 maxSize) override
    {
        const qint64 size = std::min<qint64>(maxSize, m_input.size());
        std::memcpy(data, m_input.data(), std::size_t(size));
        m_input = m_input.sliced(size);
        return size;
    }
    void write(std::span<const QByteArray> parts) override
    {
        for (const QByteArray &part : parts)
            m_written += part.size();
        m_last = parts.back();
    }
    void setReading(bool) override { }
    qint64 bytesToWrite() const override { return 0; }
    qint64 bytesInFlight() const override { return 0; }
    void shutDown() override { }
    void close() override { }
    void reset() override { }

private:
    QByteArrayView m_input;
    QByteArray m_last;
    qint64 m_written = 0;
};

void count(benchmark::State &state, const Block &block)
{
    state.SetBytesProcessed(state.iterations() * block.payloadBytes);
    state.SetItemsProcessed(state.iterations() * block.count);
}

/// From bytes to messages: unmasked, complete, their UTF-8 checked.
void readFrames(benchmark::State &state, const Block &block)
{
    SpareBuffer spare;
    FrameReader reader(spare, Limits().maxMessageSize);
    for ([[maybe_unused]] auto _ : state) {
        reader.feed(block.bytes);
        while (const FrameReader::Message *message = reader.next())
            benchmark::DoNotOptimize(message->payload.constData());
    }
    count(state, block);
}

/// From bytes to the bytes of the echo.
void echoFrames(benchmark::State &state, const Block &block)
{
    Admission admission(1, 1);
    Worker worker(Limits(), admission);
    auto owned = std::make_unique<BenchTransport>();
    BenchTransport *transport = owned.get();
    worker.serve(std::move(owned));
    transport->upgrade("GET / HTTP/1.1\r\nHost: localhost\r\n"
                       "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                       "Sec-WebSocket-Version: 13\r\n"
                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    for ([[maybe_unused]] auto _ : state)
        transport->exchange(block.bytes, block.echoBytes);
    count(state, block);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    QLoggingCategory::setFilterRules(u"*.info=false"_s);
    const std::pair<const char *, Kind> kinds[] = {
        {"ASCII", Kind::Ascii}, {"not ASCII", Kind::Unicode}, {"binary", Kind::Binary}};
    const std::pair<const char *, decltype(&readFrames)> ways[] = {{"read", readFrames},
                                                                   {"echo", echoFrames}};
    for (const auto &[wayName, way] : ways) {
        for (const int size : {20, 1024, 64 * 1024}) {
            for (const auto &[kindName, kind] : kinds) {
                const std::string name =
                    std::string(wayName) + '/' + std::to_string(size) + '/' + kindName;
                benchmark::RegisterBenchmark(name.c_str(),
                                             [way = way, block = Block(kind, std::size_t(size))](
                                                 benchmark::State &state) { way(state, block); });
            }
        }
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 2;
    benchmark::RunSpecifiedBenchmarks();
}
