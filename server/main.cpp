// SPDX-License-Identifier: MIT
#include "echoserver.h"
#include "epolldispatcher.h"
#include "logging.h"
#include "metricsserver.h"
#include "serveroptions.h"
#include "servicemanager.h"
#include "unixsignals.h"

#include <QCoreApplication>
#include <QStringList>

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int exitCannotListen = 1;
constexpr int exitUsage = 2;
/// Bytes; a larger block goes back to the system when it is not used any more.
constexpr int largeBlockSize = 256 * 1024;

/// Otherwise the first sockets would get the numbers of closed standard streams, and our output
/// with them.
void openStandardStreams()
{
    int descriptor = 0;
    while (descriptor >= 0 && descriptor <= STDERR_FILENO)
        descriptor = open("/dev/null", O_RDWR);
    if (descriptor > STDERR_FILENO)
        close(descriptor);
}

/// Flushed, since another program may be waiting for it. A reader that has gone away does no harm.
void print(std::FILE *stream, const QString &text)
{
    std::fputs(text.toUtf8().constData(), stream);
    std::fflush(stream);
}

int fail(int exitCode, const QString &sentence)
{
    print(stderr, u"awesome-chat-server: %1\n"_s.arg(sentence));
    return exitCode;
}

int answer(InfoRequest request)
{
    switch (request) {
    case InfoRequest::Help:
        print(stdout, serverHelp());
        break;
    case InfoRequest::Version:
        print(stdout, u"awesome-chat-server %1\n"_s.arg(QLatin1StringView(AWESOMECHAT_VERSION)));
        break;
    }
    return EXIT_SUCCESS;
}

/// What systemctl status shows.
QString statusOf(const EchoServer &server)
{
    QStringList urls;
    const QList<QUrl> listening = server.urls();
    for (const QUrl &url : listening)
        urls += url.toString();
    return u"Listening on "_s + urls.join(u", "_s);
}

int serve(const ServerOptions &options)
{
    setUpLogging(options.isVerbose);
    UnixSignals signals;
    ServiceManager manager;
    EchoServer server(options);
    QObject::connect(&server, &EchoServer::stopped, qApp, &QCoreApplication::quit);
    QObject::connect(&manager, &ServiceManager::signOfLifeDue, &server, &EchoServer::waitForTurns);
    const auto reload = [&server, &manager] {
        if (server.isStopping())
            return;
        manager.reloading();
        if (server.isSecure())
            server.reloadTls();
        manager.ready(statusOf(server));
    };
    QObject::connect(&signals, &UnixSignals::received, &server, [&](int signalNumber) {
        // Otherwise it means what it meant first: the terminal has gone. A service has none.
        if (signalNumber == SIGHUP && (server.isSecure() || manager.isPresent())) {
            reload();
        } else if (signalNumber == SIGHUP && signals.wasHangupIgnored()) {
            return; // signalfd(2) has it though it is ignored
        } else if (server.isStopping()) {
            server.abort();
        } else {
            manager.stopping();
            server.stop();
        }
    });

    if (!options.listenSockets.isEmpty())
        qCInfo(lcServer) << "listening on the sockets handed over, not on --listen and --port";

    // To the end, so that it can be seen that the server is draining.
    std::optional<MetricsServer> metrics;
    if (options.metricsPort) {
        metrics.emplace(
            *options.metricsPort, [&server] { return server.metrics(); },
            [&server] { return server.isStopping(); });
        if (const std::optional<QString> error = metrics->listen())
            return fail(exitCannotListen, *error);
    }

    if (const std::optional<QString> error = server.start())
        return fail(exitCannotListen, *error);
    const QList<QUrl> urls = server.urls();
    for (const QUrl &url : urls)
        print(stdout, u"listening on %1\n"_s.arg(url.toString()));
    // After the others: a script reads the first line.
    const QList<QUrl> metricsUrls = metrics ? metrics->urls() : QList<QUrl>();
    for (const QUrl &url : metricsUrls)
        print(stdout, u"metrics on %1\n"_s.arg(url.toString()));
    manager.ready(statusOf(server));
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char *argv[])
{
    openStandardStreams();
    // Otherwise the C library raises this to 32 MiB, and keeps twice as much for each thread when
    // the large messages have gone (mallopt(3)).
    mallopt(M_MMAP_THRESHOLD, largeBlockSize);
    // Not QCoreApplication's list, from which Qt has taken what it knows.
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments += QString::fromLocal8Bit(argv[i]);
    const ParsedOptions parsed = parseServerOptions(arguments);
    // Before Qt opens files of its own.
    const auto sockets = ServiceManager::takeListenSockets();
    QCoreApplication::setEventDispatcher(new EpollDispatcher);
    const QCoreApplication app(argc, argv);
    if (const auto *error = std::get_if<UsageError>(&parsed))
        return fail(exitUsage, error->sentence);
    if (const auto *request = std::get_if<InfoRequest>(&parsed))
        return answer(*request);
    if (const auto *problem = std::get_if<QString>(&sockets))
        return fail(exitCannotListen, *problem);
    auto options = std::get<ServerOptions>(parsed);
    options.listenSockets = std::get<QList<int>>(sockets);
    return serve(options);
}
