// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "commandline.h"
#include "displaytext.h"
#include "settingsstore.h"
#include "terminal.h"
#include "terminalreplay.h"
#include "transcriptstore.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QGuiApplication>
#include <QPalette>
#include <QTextStream>

#include <cstdio>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

enum ExitCode { Success = 0, Failure = 1, WrongUsage = 2 };

/// Otherwise the first sockets would get the numbers of closed standard streams, and our rows with
/// them.
void openStandardStreams()
{
    int descriptor = 0;
    while (descriptor >= 0 && descriptor <= STDERR_FILENO)
        descriptor = open("/dev/null", O_RDWR);
    if (descriptor > STDERR_FILENO)
        close(descriptor);
}

void say(std::FILE *stream, const QString &text)
{
    QTextStream(stream) << text << '\n';
}

/// Harmless whatever is in it.
void complain(const QString &sentence)
{
    say(stderr, u"awesome-chat: "_s + DisplayText::visible(sentence).text);
}

/// Whether a window could be opened: Qt itself ends the program where there is no display.
bool hasDisplay()
{
    return !qEnvironmentVariableIsEmpty("DISPLAY")
        || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
        || !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
}

/// The colours that QML's SystemPalette will read. Black and white would be a desktop of high
/// contrast.
void applyTheme(CommandLine::Theme theme)
{
    if (theme == CommandLine::Theme::Dark)
        QGuiApplication::setPalette(QPalette(QColor(0x20, 0x20, 0x20)));
    else if (theme == CommandLine::Theme::Light)
        QGuiApplication::setPalette(QPalette(QColor(0xf0, 0xf0, 0xf0)));
}

int talkInTerminal(const CommandLine &commandLine)
{
    Terminal terminal(commandLine.terminalOptions, STDIN_FILENO, STDOUT_FILENO);
    // Queued: the terminal may be finished before the event loop runs.
    QObject::connect(
        &terminal, &Terminal::finished, &terminal,
        [](Terminal::ExitCode exitCode, const QString &error) {
            if (!error.isEmpty())
                complain(error);
            QCoreApplication::exit(exitCode);
        },
        Qt::QueuedConnection);
    terminal.start();
    return QCoreApplication::exec();
}

int replay(const CommandLine &commandLine)
{
    const bool quiet = commandLine.quiet;
    TerminalReplay replay(commandLine.replayFile, commandLine.url,
                          commandLine.pace == CommandLine::Pace::Original ? Replay::Original
                                                                          : Replay::AtOnce,
                          commandLine.replayWait, quiet ? -1 : STDOUT_FILENO);
    QObject::connect(&replay, &TerminalReplay::finished, &replay,
                     [quiet](TerminalReplay::ExitCode exitCode, const QString &message) {
                         if (exitCode != TerminalReplay::Success)
                             complain(message);
                         else if (!quiet)
                             say(stdout, message);
                         QCoreApplication::exit(exitCode);
                     });
    replay.start();
    return QCoreApplication::exec();
}

int openWindow(const CommandLine &commandLine)
{
    applyTheme(commandLine.theme);
    ChatWindow::Settings settings;
    settings.openFile = commandLine.openFile;
    settings.reconnect = commandLine.reconnect;
    settings.flags = commandLine.terminalOptions.connection;
    settings.lines = std::exchange(settings.flags.firstMessages, {}); // once, not on every connect
    if (!commandLine.isPrivate) {
        settings.transcriptFile = TranscriptStore::defaultFileName();
        settings.addressFile = SettingsStore::defaultFileName();
        settings.outboxFile = QFileInfo(settings.transcriptFile).dir().filePath(u"outbox.sqlite"_s);
    }
    const ChatWindow window(commandLine.url, settings);
    return window.window() ? QCoreApplication::exec() : Failure;
}

} // namespace

int main(int argc, char *argv[])
{
    openStandardStreams();
    QCoreApplication::setApplicationName(u"awesome-chat"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(AWESOMECHAT_VERSION));
    QGuiApplication::setApplicationDisplayName(u"Awesome Chat"_s);

    // Before there is an application, because which one is needed depends on it.
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments += QString::fromLocal8Bit(argv[i]);
    const CommandLine commandLine = CommandLine::parse(arguments);

    if (!commandLine.error.isEmpty()) {
        complain(commandLine.error);
        return WrongUsage;
    }
    if (commandLine.action == CommandLine::Action::ShowVersion) {
        say(stdout,
            QCoreApplication::applicationName() + u' ' + QCoreApplication::applicationVersion());
        return Success;
    }
    if (commandLine.action == CommandLine::Action::Chat && !commandLine.terminal
        && commandLine.replayFile.isEmpty() && hasDisplay()) {
        const QGuiApplication application(argc, argv);
        return openWindow(commandLine);
    }

    const QCoreApplication application(argc, argv);
    if (commandLine.action == CommandLine::Action::ShowHelp) {
        say(stdout, CommandLine::helpText().trimmed());
        return Success;
    }
    if (!commandLine.replayFile.isEmpty())
        return replay(commandLine);
    if (!commandLine.openFile.isEmpty()) {
        complain(u"--open needs a window, and there is no display"_s);
        return Failure;
    }
    if (!commandLine.terminal)
        complain(u"there is no display, so this is in the terminal"_s);
    return talkInTerminal(commandLine);
}
