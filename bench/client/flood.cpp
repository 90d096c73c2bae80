// SPDX-License-Identifier: MIT
// The window while the server floods it: flood MESSAGES [--hidden]
#include "benchmark.h"
#include "chatwindow.h"
#include "guiwatch.h"
#include "serverprocess.h"
#include "transcriptstore.h"

#include <QGuiApplication>
#include <QTemporaryDir>
#include <QUrlQuery>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int messageSize = 100;
constexpr int keyInterval = 47; // ms; not in step with frames

/// That every message is in the file once, in order, byte for byte, and nothing else but that the
/// socket opened.
void verify(const QString &file, const QString &server, int messages)
{
    TranscriptStore store(file);
    const qint64 conversation = store.openConversation(server);
    constexpr int page = 1000;
    qint64 received = 0;
    qint64 others = 0;
    for (qint64 seq = 1; seq <= store.lastSeq(conversation); seq += page) {
        const QList<StoredEntry> entries = store.read(conversation, seq, page);
        for (const StoredEntry &entry : entries) {
            if (entry.direction != Entry::Received) {
                ++others;
                continue;
            }
            ++received;
            const QByteArray expected =
                QByteArray::number(received).leftJustified(messageSize, '.');
            if (entry.payload != expected || entry.kind != Entry::Text)
                qFatal("message %lld is another in the log", received);
        }
    }
    if (received != messages || others != 1)
        qFatal("%lld messages and %lld other rows are in the log", received, others);
}

} // namespace

int main(int argc, char *argv[])
{
    const QGuiApplication application(argc, argv);
    const QStringList arguments = QGuiApplication::arguments();
    const int messages = arguments.value(1).toInt();
    const bool isHidden = arguments.contains("--hidden"_L1);

    ServerProcess server;
    if (!server.start(QStringLiteral(AWESOMECHAT_SERVER),
                      {u"--listen"_s, u"127.0.0.1"_s, u"--port"_s, u"0"_s}))
        qFatal("the server does not start");
    const QTemporaryDir folder;
    const QString file = folder.filePath(u"transcripts.sqlite"_s);
    QUrl url = server.url();
    url.setPath(u"/"_s);
    url.setQuery(u"greeting=off&flood=%1&size=%2"_s.arg(messages).arg(messageSize));
    {
        // The window first, then the flood: opening it is measured elsewhere.
        auto chat =
            std::make_unique<ChatWindow>(QUrl(), ChatWindow::Settings{.transcriptFile = file});
        QQuickWindow *window = chat->window();
        GuiWatch watch(window);
        watch.waitUntilActive();
        const Transcript *transcript = Benchmark::transcript(window);
        if (isHidden) {
            window->hide();
            GuiWatch::waitFor(500);
        }

        watch.begin();
        QElapsedTimer timer;
        timer.start();
        window->setProperty("url", url);
        if (!isHidden)
            watch.beginTyping(keyInterval);
        GuiWatch::waitUntil("every message to arrive",
                            [&] { return transcript->entryCount() > messages; });
        const double seconds = double(timer.nsecsElapsed()) / 1e9;
        Benchmark::report("seconds", seconds);
        Benchmark::report("rate", messages / seconds);
        if (isHidden) {
            Benchmark::report("stall", watch.stalls().worst);
            Benchmark::report("frames", watch.frameIntervals().count);
            watch.begin();
            window->show();
            watch.waitForFrames(3);
            Benchmark::report("showing", watch.stalls().worst);
        } else {
            const int keys = watch.endTyping();
            const Durations stalls = watch.stalls();
            const Durations frames = watch.frameIntervals();
            const Durations latencies = watch.keyLatencies();
            if (latencies.count != keys
                || Benchmark::item(window, "input")->property("text").toString().size() != keys)
                qFatal("not every key has been typed");
            Benchmark::report("stall", stalls.worst);
            Benchmark::report("stall p99", stalls.p99);
            Benchmark::report("frame", frames.worst);
            Benchmark::report("frame p99", frames.p99);
            Benchmark::report("frame median", frames.median);
            Benchmark::report("key", latencies.worst);
            Benchmark::report("key median", latencies.median);
        }
        Benchmark::report("memory", Benchmark::memory("VmHWM"));
        timer.start();
        chat.reset();
        Benchmark::report("closing", double(timer.nsecsElapsed()) / 1e6);
    }
    server.kill();
    verify(file, url.toString(), messages);
    return 0;
}
