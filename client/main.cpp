// SPDX-License-Identifier: MIT
#include "chatwindow.h"
#include "commandline.h"
#include "terminal.h"

#include <QCoreApplication>
#include <QGuiApplication>
#include <QPalette>
#include <QTextStream>

#include <cstdio>

#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

enum ExitCode { Success = 0, Failure = 1, WrongUsage = 2 };

void say(std::FILE *stream, const QString &text)
{
    QTextStream(stream) << text << '\n';
}

/// Whether a window could be opened: Qt itself ends the program where there is no display.
bool hasDisplay()
{
    return !qEnvironmentVariableIsEmpty("DISPLAY")
        || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
        || !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
}

/// The colours that QML's SystemPalette will read; the theme itself needs no more than light or
/// dark.
void applyTheme(CommandLine::Theme theme)
{
    if (theme == CommandLine::Theme::Dark)
        QGuiApplication::setPalette(QPalette(Qt::black));
    else if (theme == CommandLine::Theme::Light)
        QGuiApplication::setPalette(QPalette(Qt::white));
}

int talkInTerminal(const CommandLine &commandLine)
{
    Terminal terminal(commandLine.url, STDIN_FILENO, STDOUT_FILENO, commandLine.wait);
    // Queued: the terminal may be finished before the event loop runs.
    QObject::connect(
        &terminal, &Terminal::finished, &terminal,
        [](Terminal::ExitCode exitCode, const QString &error) {
            if (!error.isEmpty())
                say(stderr, u"awesome-chat: "_s + error);
            QCoreApplication::exit(exitCode);
        },
        Qt::QueuedConnection);
    terminal.start();
    return QCoreApplication::exec();
}

int openWindow(const CommandLine &commandLine)
{
    applyTheme(commandLine.theme);
    const ChatWindow window(commandLine.url);
    return window.window() ? QCoreApplication::exec() : Failure;
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication::setApplicationName(u"awesome-chat"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(AWESOMECHAT_VERSION));
    QGuiApplication::setApplicationDisplayName(u"Awesome Chat"_s);

    // Before there is an application, because which one is needed depends on it.
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments += QString::fromLocal8Bit(argv[i]);
    const CommandLine commandLine = CommandLine::parse(arguments);

    if (!commandLine.error.isEmpty()) {
        say(stderr, u"awesome-chat: "_s + commandLine.error);
        return WrongUsage;
    }
    if (commandLine.action == CommandLine::Action::ShowVersion) {
        say(stdout,
            QCoreApplication::applicationName() + u' ' + QCoreApplication::applicationVersion());
        return Success;
    }
    if (commandLine.action == CommandLine::Action::Chat && !commandLine.terminal && hasDisplay()) {
        const QGuiApplication application(argc, argv);
        return openWindow(commandLine);
    }

    const QCoreApplication application(argc, argv);
    if (commandLine.action == CommandLine::Action::ShowHelp) {
        say(stdout, CommandLine::helpText().trimmed());
        return Success;
    }
    if (!commandLine.terminal)
        say(stderr, u"awesome-chat: there is no display, so this is in the terminal"_s);
    return talkInTerminal(commandLine);
}
