// SPDX-License-Identifier: MIT
// Back through a long log: scroll FILE SERVER
#include "benchmark.h"
#include "chatwindow.h"
#include "guiwatch.h"

#include <QGuiApplication>
#include <QTest>

int main(int argc, char *argv[])
{
    const QGuiApplication application(argc, argv);
    const QStringList arguments = QGuiApplication::arguments();
    const ChatWindow chat(QUrl(arguments.value(2)),
                          {.transcriptFile = arguments.value(1), .reconnect = false});
    QQuickWindow *window = chat.window();
    GuiWatch watch(window);
    watch.waitUntilActive();
    QQuickItem *view = Benchmark::item(window, "transcript");
    const Transcript *transcript = Benchmark::transcript(window);
    watch.waitForQuiet();
    const int entries = transcript->entryCount();

    // A page a frame, for some hundreds of pages.
    constexpr int pages = 300;
    watch.begin();
    for (int page = 0; page < pages; ++page) {
        QTest::keyClick(window, Qt::Key_PageUp);
        watch.waitForFrames(1);
    }
    Benchmark::report("pages", watch.stalls().worst);
    Benchmark::report("pages frame", watch.frameIntervals().worst);
    const auto top = [&] { return view->property("contentY").toReal(); };
    const int reached = transcript->count();
    Benchmark::report("pages rows", reached);

    // Flicks: as fast as the view lets one.
    watch.begin();
    for (int i = 0; i < 40; ++i) {
        QMetaObject::invokeMethod(view, "flick", Q_ARG(qreal, 0), Q_ARG(qreal, 20'000));
        GuiWatch::waitFor(50);
    }
    QMetaObject::invokeMethod(view, "cancelFlick");
    Benchmark::report("flicks", watch.stalls().worst);
    Benchmark::report("flicks frame", watch.frameIntervals().worst);
    Benchmark::report("flicks rows", transcript->count());

    // To the newest, then to the oldest, until it is there.
    watch.begin();
    QTest::keyClick(window, Qt::Key_PageDown, Qt::ControlModifier);
    watch.waitForFrames(2);
    Benchmark::report("newest", watch.stalls().worst);
    watch.begin();
    QElapsedTimer timer;
    timer.start();
    int presses = 0;
    while (transcript->entry(transcript->count() - 1).seq > 1) {
        QTest::keyClick(window, Qt::Key_PageUp, Qt::ControlModifier);
        ++presses;
        watch.waitForFrames(1);
    }
    Benchmark::report("oldest", watch.stalls().worst);
    Benchmark::report("oldest frame", watch.frameIntervals().worst);
    Benchmark::report("oldest presses", presses);
    Benchmark::report("oldest seconds", double(timer.elapsed()) / 1000);
    Benchmark::report("memory", Benchmark::memory("VmHWM"));

    // Long jumps by the scroll bar, with every row there.
    watch.begin();
    const qreal height = view->property("contentHeight").toReal();
    const qreal origin = view->property("originY").toReal();
    for (int i = 0; i < 100; ++i) {
        view->setProperty("contentY", origin + height * (i * 37 % 100) / 100);
        watch.waitForFrames(1);
    }
    Benchmark::report("jumps", watch.stalls().worst);
    Benchmark::report("jumps frame", watch.frameIntervals().worst);
    if (entries < transcript->count() - 10 || top() == 0)
        qFatal("the view has not moved");
    return 0;
}
