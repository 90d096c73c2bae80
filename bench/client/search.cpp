// SPDX-License-Identifier: MIT
// Finding in a long log as one types: search FILE SERVER
#include "benchmark.h"
#include "chatwindow.h"
#include "guiwatch.h"
#include "longlog.h"

#include <QGuiApplication>
#include <QTest>

namespace {

/// Types \a word into the filter and measures from its last key.
void find(const QQuickWindow *constWindow, GuiWatch &watch, const char *name,
          const QByteArray &word, bool hasHits)
{
    auto *window = const_cast<QQuickWindow *>(constWindow);
    Transcript *transcript = Benchmark::transcript(window);
    const Finder *finder = transcript->finder();
    const auto reportAs = [&](const char *what, double value) {
        Benchmark::report((QByteArray(name) + ' ' + what).constData(), value);
    };
    watch.begin();
    QElapsedTimer timer;
    for (const char letter : word) {
        timer.start();
        QTest::keyClick(window, letter);
        GuiWatch::waitFor(30); // a fast typist
    }
    const auto isWord = [&] { return finder->text().toUtf8() == word; };
    if (hasHits) {
        GuiWatch::waitUntil("the first hit", [&] { return isWord() && transcript->count() > 0; });
        watch.waitForFrames(1);
        reportAs("first", double(timer.nsecsElapsed()) / 1e6);
    }
    GuiWatch::waitUntil("the end of the search",
                        [&] { return isWord() && !finder->isSearching(); });
    reportAs("all", double(timer.nsecsElapsed()) / 1e6);
    watch.waitForFrames(1);
    reportAs("stall", watch.stalls().worst);
    reportAs("hits", finder->hitCount());
    watch.begin();
    QTest::keyClick(window, Qt::Key_Escape);
    watch.waitForFrames(2);
    reportAs("leaving", watch.stalls().worst);
    GuiWatch::waitUntil("all rows to be back", [&] { return !finder->isActive(); });
    watch.waitForQuiet();
    QTest::keyClick(window, Qt::Key_F, Qt::ControlModifier);
    watch.waitForQuiet();
}

} // namespace

int main(int argc, char *argv[])
{
    const QGuiApplication application(argc, argv);
    const QStringList arguments = QGuiApplication::arguments();
    const ChatWindow chat(QUrl(arguments.value(2)),
                          {.transcriptFile = arguments.value(1), .reconnect = false});
    QQuickWindow *window = chat.window();
    GuiWatch watch(window);
    watch.waitUntilActive();
    watch.waitForQuiet();
    QTest::keyClick(window, Qt::Key_F, Qt::ControlModifier);
    watch.waitForFrames(2);
    find(window, watch, "rare", LongLog::rareWord, true);
    find(window, watch, "frequent", LongLog::frequentWord, true);
    find(window, watch, "missing", LongLog::missingWord, false);
    Benchmark::report("memory", Benchmark::memory("VmHWM"));
    return 0;
}
