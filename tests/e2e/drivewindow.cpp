// SPDX-License-Identifier: MIT

// The real window, driven by a script in another language: commands come on standard input, one a
// line, and each is answered by one line on standard output. See usage below.
#include "chatwindow.h"
#include "localserver.h"
#include "windowview.h"

#include <QCommandLineParser>
#include <QDir>
#include <QGuiApplication>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QKeySequence>
#include <QPalette>
#include <QSocketNotifier>
#include <QTest>

#include <cstdio>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr auto usage = R"(Commands:
  say TEXT        types TEXT instead of what is in the line, and Enter: "ok" once it was taken
  type TEXT       types TEXT, wherever the focus is
  key KEY         presses a key, such as Ctrl+L or Return
  click NAME      clicks the item of that objectName
  get NAME PROPERTY
                  that property of that item, as JSON
  rows            the rows that are seen, as JSON
  size W H        the window's size, in pixels
  grab FILE       saves a picture of the window
  quit            closes the window)"_L1;

void answer(const QByteArray &line)
{
    std::fputs(line.constData(), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

/// What a person does in a window, at the word of command.
class Driver : public QObject
{
public:
    explicit Driver(QQuickWindow *window)
        : m_window(window)
        , m_notifier(STDIN_FILENO, QSocketNotifier::Read)
    {
        connect(&m_notifier, &QSocketNotifier::activated, this, &Driver::readOn);
        // One command a turn: the window has its turns, too.
        m_turnTimer.setSingleShot(true);
        connect(&m_turnTimer, &QTimer::timeout, this, &Driver::obeyNext);
    }

private:
    void readOn()
    {
        char buffer[4096];
        const ssize_t size = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (size <= 0) {
            m_notifier.setEnabled(false);
            m_window->close();
            return;
        }
        m_input.append(buffer, size);
        m_turnTimer.start(0);
    }

    void obeyNext()
    {
        const qsizetype end = m_input.indexOf('\n');
        if (end == -1)
            return;
        const QString command = QString::fromUtf8(m_input.first(end));
        m_input.remove(0, end + 1);
        answer(obey(command.section(u' ', 0, 0), command.section(u' ', 1)));
        m_turnTimer.start(0);
    }

    QByteArray obey(const QString &command, const QString &rest)
    {
        if (command == "say"_L1)
            return say(rest);
        if (command == "type"_L1) {
            typeInto(m_window, rest);
        } else if (command == "key"_L1) {
            press(rest);
        } else if (command == "click"_L1) {
            const QQuickItem *item = itemNamed(m_window, rest);
            if (!item || !item->isVisible())
                return "not there";
            QTest::mouseClick(m_window, Qt::LeftButton, {},
                              item->mapRectToScene(item->boundingRect()).center().toPoint());
        } else if (command == "get"_L1) {
            const QQuickItem *item = itemNamed(m_window, rest.section(u' ', 0, 0));
            if (!item)
                return "not there";
            const QByteArray name = rest.section(u' ', 1).toLatin1();
            return toJson(QJsonValue::fromVariant(item->property(name.constData())));
        } else if (command == "rows"_L1) {
            return toJson(QJsonArray::fromStringList(visibleRows(m_window)));
        } else if (command == "size"_L1) {
            m_window->resize(rest.section(u' ', 0, 0).toInt(), rest.section(u' ', 1).toInt());
        } else if (command == "grab"_L1) {
            return m_window->grabWindow().save(rest) ? "ok" : "not saved";
        } else if (command == "quit"_L1) {
            m_window->close();
        } else {
            return "no such command";
        }
        return "ok";
    }

    QByteArray say(const QString &text)
    {
        const QQuickItem *input = itemNamed(m_window, u"input"_s);
        press(u"Ctrl+A"_s);
        typeInto(m_window, text);
        if (input->property("text").toString() != text)
            return "not typed";
        QTest::keyClick(m_window, Qt::Key_Return);
        return input->property("text").toString().isEmpty() ? "ok" : "not taken";
    }

    void press(const QString &keys)
    {
        const QKeyCombination key = QKeySequence::fromString(keys)[0];
        QTest::keyClick(m_window, key.key(), key.keyboardModifiers());
    }

    static QByteArray toJson(const QJsonValue &value)
    {
        const QByteArray json =
            QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact); // which has no values
        return json.sliced(1, json.size() - 2);
    }

    QQuickWindow *m_window;
    QSocketNotifier m_notifier;
    QTimer m_turnTimer;
    QByteArray m_input;
};

} // namespace

int main(int argc, char *argv[])
{
    QGuiApplication application(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(usage);
    const QCommandLineOption data(u"data"_s, u"Keeps everything in FOLDER."_s, u"FOLDER"_s);
    const QCommandLineOption theme(u"theme"_s, u"dark or light"_s, u"THEME"_s, u"light"_s);
    const QCommandLineOption server(u"server"_s, u"The program of the local server."_s, u"FILE"_s);
    const QCommandLineOption port(u"server-port"_s, u"Where it begins."_s, u"PORT"_s, u"0"_s);
    parser.addOptions({data, theme, server, port});
    parser.addPositionalArgument(u"url"_s, u"Where to connect to."_s);
    parser.addHelpOption();
    parser.process(application);

    const QRgb background = parser.value(theme) == "dark"_L1 ? 0x202020 : 0xf0f0f0;
    QGuiApplication::setPalette(QPalette(QColor(background)));
    ChatWindow::Settings settings;
    if (parser.isSet(data)) {
        const QDir folder(parser.value(data));
        settings.transcriptFile = folder.filePath(u"transcripts.sqlite"_s);
        settings.outboxFile = folder.filePath(u"outbox.sqlite"_s);
        settings.addressFile = folder.filePath(u"servers.ini"_s);
    }
    const ChatWindow chat(QUrl(parser.positionalArguments().value(0)), settings);
    if (!chat.window())
        return 1;
    if (auto *localServer = chat.window()->findChild<LocalServer *>()) {
        if (parser.isSet(server))
            localServer->setProgram(parser.value(server));
        localServer->setPort(parser.value(port).toInt());
    }
    chat.window()->requestActivate();
    const Driver driver(chat.window());
    answer(QByteArray("ready ")
           + itemNamed(chat.window(), u"input"_s)->property("text").toString().toUtf8());
    return QGuiApplication::exec();
}
