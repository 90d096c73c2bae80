// SPDX-License-Identifier: MIT
// Messages that are hard to show, in the live window and as a whole beside it: hostile BYTES
#include "benchmark.h"
#include "chatwindow.h"
#include "guiwatch.h"
#include "payloadlines.h"

#include <QGuiApplication>
#include <QTemporaryDir>
#include <QThread>
#include <QWebSocket>
#include <QWebSocketServer>

using namespace Qt::Literals::StringLiterals;

namespace {

/// A server on a thread of its own that says what it is told to.
class Stranger
{
public:
    Stranger()
    {
        m_server.moveToThread(&m_thread);
        QObject::connect(&m_server, &QWebSocketServer::newConnection, &m_server, [this] {
            m_socket = m_server.nextPendingConnection();
            // In one frame: Qt 6.4 refuses text that is cut within a character.
            m_socket->setOutgoingFrameSize(QWebSocket::maxOutgoingFrameSize());
        });
        m_thread.start();
        QMetaObject::invokeMethod(
            &m_server,
            [this] {
                if (!m_server.listen(QHostAddress::LocalHost))
                    qFatal("the server cannot listen");
            },
            Qt::BlockingQueuedConnection);
    }
    ~Stranger()
    {
        QMetaObject::invokeMethod(
            &m_server,
            [this] {
                m_server.close();
                delete m_socket;
                m_server.moveToThread(QCoreApplication::instance()->thread());
            },
            Qt::BlockingQueuedConnection);
        m_thread.quit();
        m_thread.wait();
    }
    Q_DISABLE_COPY_MOVE(Stranger)

    [[nodiscard]] QUrl url() const { return m_server.serverUrl(); }
    void say(const QString &text)
    {
        QMetaObject::invokeMethod(&m_server, [this, text] { m_socket->sendTextMessage(text); });
    }

private:
    QThread m_thread;
    QWebSocketServer m_server{u"stranger"_s, QWebSocketServer::NonSecureMode};
    QWebSocket *m_socket = nullptr;
};

struct Message
{
    const char *name;
    QString text;
};

QList<Message> messages(int size)
{
    const auto json = [](int objects) {
        QString text = u"["_s;
        for (int i = 0; i < objects; ++i)
            text += u"{\"id\":%1,\"words\":\"twelve drummers\",\"list\":[1,2,3]},"_s.arg(i);
        return text + u"0]"_s;
    };
    const auto changed = [](QString text) {
        return text.replace("drummers\",\"list\":[1"_L1, "drummers\",\"list\":[7"_L1);
    };
    const QString large = json(size / 5);
    const QString comparable = json(size / 100);
    const QString bidi = u"abc \u05d0\u05d1\u05d2 123 \u0627\u0644\u0639 \u202e\u2066x\u2069 "_s;
    return {
        {"words", u"lorem ipsum dolor "_s.repeated(10 * size / 18)},
        {"json", large},
        {"again", changed(large)},
        {"objects", comparable},
        {"changed", changed(comparable)},
        {"letters", QString(size, u'a')},
        {"bidi", bidi.repeated(size / bidi.size())},
        {"marks", u"Z"_s + QString(size / 100, QChar(0x0301))},
        {"lines", QString(size, u'\n')},
    };
}

} // namespace

int main(int argc, char *argv[])
{
    const QGuiApplication application(argc, argv);
    const int size = QGuiApplication::arguments().value(1).toInt();
    const QTemporaryDir folder;
    Stranger stranger;
    ChatWindow chat(stranger.url(), {.transcriptFile = folder.filePath(u"transcripts.sqlite"_s)});
    QQuickWindow *window = chat.window();
    GuiWatch watch(window);
    watch.waitForFrames(3);
    Transcript *transcript = Benchmark::transcript(window);
    QQuickItem *view = Benchmark::item(window, "transcript");
    GuiWatch::waitUntil("a connection", [&] { return transcript->count() == 1; });

    const auto all = messages(size);
    for (const Message &message : all) {
        const auto reportAs = [&](const char *what) {
            Benchmark::report((QByteArray(message.name) + ' ' + what).constData(),
                              watch.stalls().worst);
        };
        watch.waitForQuiet();
        const int before = transcript->count();
        watch.begin();
        stranger.say(message.text);
        GuiWatch::waitUntil("the message", [&] { return transcript->count() > before; });
        watch.waitForFrames(2);
        watch.waitForQuiet();
        reportAs("row");

        watch.begin();
        const int seq = int(transcript->entry(0).seq);
        QMetaObject::invokeMethod(view, "opened", Q_ARG(int, seq));
        watch.waitForFrames(2);
        watch.waitForQuiet();
        reportAs("details");
        QQuickItem *details =
            Benchmark::item(window, "details"); // it is made when it is first shown
        if (!details->isVisible())
            qFatal("the details are not shown");

        if (QByteArrayView(message.name) == "changed") {
            watch.begin();
            details->setProperty("comparing", true);
            watch.waitForFrames(2);
            watch.waitForQuiet();
            reportAs("compared");
            if (details->findChild<PayloadLines *>()->changeCount() == 0)
                qFatal("no difference is shown");
            details->setProperty("comparing", false);
            watch.waitForQuiet();
        }

        QQuickItem *lines = Benchmark::item(window, "lines");
        watch.begin();
        lines->setProperty("currentIndex", lines->property("count").toInt() - 1);
        watch.waitForFrames(2);
        reportAs("end");

        watch.begin();

        QMetaObject::invokeMethod(details, "setMode", Q_ARG(int, PayloadLines::Hex));
        watch.waitForFrames(2);
        watch.waitForQuiet();
        reportAs("hex");

        watch.begin();
        window->resize(window->width() == 720 ? 900 : 720, 480);
        watch.waitForFrames(2);
        watch.waitForQuiet();
        reportAs("width");
    }
    Benchmark::report("memory", Benchmark::memory("VmHWM"));
    return 0;
}
