// SPDX-License-Identifier: MIT
// What is read of a request before anything is served: Handshake, parseBehaviour(), and the log
// that tells of it. An input is: what it is for, and what goes with that.
#include "behaviour.h"
#include "escape.h"
#include "fuzzing.h"
#include "handshake.h"
#include "logging.h"
#include "reference.h"

#include <QHostAddress>
#include <QList>
#include <QRegularExpression>

#include <array>

using namespace Qt::Literals::StringLiterals;

namespace {

const HandshakePolicy &policy(std::uint8_t index)
{
    static const std::array policies = {
        HandshakePolicy{},
        HandshakePolicy{{}, {}, true},
        HandshakePolicy{{u"https://example.com"_s}, {u"chat.example"_s, u"[::1]"_s}, false},
    };
    return policies[index % policies.size()];
}

struct Verdict
{
    Handshake handshake;
    qsizetype taken = 0;
};

Verdict read(const HandshakePolicy &policy, QByteArrayView stream, Cuts cuts)
{
    Verdict verdict{Handshake(policy)};
    while (!stream.isEmpty() && verdict.handshake.state() == Handshake::State::NeedsMore) {
        const QByteArrayView piece = cuts.next(stream);
        const qsizetype taken = verdict.handshake.feed(piece);
        verdict.taken += taken;
        expect(taken == piece.size() || verdict.handshake.state() != Handshake::State::NeedsMore,
               "an open handshake takes all that comes");
    }
    return verdict;
}

QByteArray valueOf(const QByteArrayList &lines, const QByteArray &name)
{
    QByteArrayList values;
    for (const QByteArray &line : lines) {
        if (line.toLower().startsWith(name + ':'))
            values.append(line.mid(name.size() + 1).trimmed());
    }
    expect(values.size() == 1, "a request is accepted only with one of these headers", name);
    return values.first();
}

bool isLoopback(const QByteArray &hostHeader)
{
    static const QRegularExpression port(u":\\d*$"_s);
    QString host = QString::fromLatin1(hostHeader).toLower().remove(port);
    if (host.endsWith(u'.'))
        host.chop(1);
    if (host == u"localhost" || host.endsWith(u".localhost"))
        return true;
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.mid(1).chopped(1);
    return QHostAddress(host).isLoopback();
}

/// RFC 6455 4.2.1, and no more than that one way to read it.
void checkAccepted(const Handshake &handshake, const HandshakePolicy &policy)
{
    QByteArray head = handshake.head();
    expect(head.endsWith("\r\n\r\n") && head.indexOf("\r\n\r\n") == head.size() - 4,
           "an accepted head goes to its empty line", head);
    expect(head.size() <= Handshake::maxHeadSize, "an accepted head is not too large");
    QByteArrayList lines = head.chopped(4).replace("\r\n", "\n").split('\n');
    for (const QByteArray &line : lines) {
        for (const char c : line)
            expect(quint8(c) >= ' ' ? c != '\x7f' : c == '\t',
                   "an accepted head has no control characters", line);
    }
    const QByteArrayList words = lines.takeFirst().split(' ');
    expect(words.size() == 3 && words.at(0) == "GET" && words.at(2).startsWith("HTTP/1."),
           "only GET is accepted", words.join(' '));
    expect(words.at(1).contains(handshake.query()), "the query is part of the request");
    expect(lines.size() <= Handshake::maxHeaderLines, "an accepted head is not too long");
    for (const QByteArray &line : lines) {
        expect(line.indexOf(':') > 0 && line.at(0) != ' ' && line.at(0) != '\t',
               "an accepted header has a name", line);
        expect(!line.toLower().startsWith("transfer-encoding:"), "a body is not accepted", line);
    }
    expect(valueOf(lines, "upgrade").toLower() == "websocket", "Upgrade is websocket", head);
    expect(valueOf(lines, "connection").toLower().contains("upgrade"), "Connection: Upgrade", head);
    expect(valueOf(lines, "sec-websocket-version") == "13", "the version is 13", head);
    const QByteArray key = valueOf(lines, "sec-websocket-key");
    expect(key.size() == 24 && QByteArray::fromBase64(key).size() == 16, "a key is 16 bytes", key);
    const QByteArray host = valueOf(lines, "host");
    expect(!policy.loopbackHostsOnly || isLoopback(host), "no name but of this machine is accepted",
           host);
    for (const char c : handshake.firstSubprotocol())
        expect(c > ' ' && c < '\x7f' && c != ',', "a subprotocol is a token",
               handshake.firstSubprotocol());
}

void checkRefused(const Handshake &handshake)
{
    const Handshake::Refusal &refusal = handshake.refusal();
    QByteArrayView answer = refusal.response;
    expect(Reference::takeAnswer(answer) == refusal.status && answer.isEmpty(),
           "a refusal is an HTTP answer", refusal.response);
    static const QList<int> statuses = {400, 403, 405, 426, 431, 505};
    expect(statuses.contains(refusal.status), "a request is refused for a reason");
}

void tryRequest(Input &input)
{
    const HandshakePolicy &policy = ::policy(input.byte());
    const std::uint8_t cut = input.byte();
    const QByteArrayView stream = input.rest();
    const Verdict whole = read(policy, stream, Cuts(0));
    const Handshake &handshake = whole.handshake;
    for (const std::uint8_t how : {std::uint8_t(1), cut}) {
        const Verdict pieces = read(policy, stream, Cuts(how));
        expect(pieces.taken == whole.taken && pieces.handshake.state() == handshake.state()
                   && pieces.handshake.head() == handshake.head()
                   && pieces.handshake.target() == handshake.target()
                   && pieces.handshake.origin() == handshake.origin()
                   && pieces.handshake.firstSubprotocol() == handshake.firstSubprotocol()
                   && pieces.handshake.refusal().response == handshake.refusal().response,
               "a request is read alike however it is cut");
    }
    switch (handshake.state()) {
    case Handshake::State::NeedsMore:
        expect(!stream.contains("\r\n\r\n") && stream.size() < Handshake::maxHeadSize,
               "a complete request has a verdict");
        expect(handshake.head() == stream, "what is read of a request is kept");
        break;
    case Handshake::State::Accepted:
        expect(handshake.head() == stream.first(whole.taken), "what is accepted is what came");
        checkAccepted(handshake, policy);
        break;
    case Handshake::State::Refused:
        checkRefused(handshake);
        break;
    }
}

void tryQuery(Input &input)
{
    Limits limits;
    limits.maxMessageSize = Limits::smallestMaxMessageSize + input.byte();
    const auto result = parseBehaviour(input.rest(), limits);
    if (const auto *problem = std::get_if<QString>(&result)) {
        expect(!problem->isEmpty() && problem->size() < 1024, "a problem is told in a sentence");
        for (const QChar c : *problem)
            expect(c >= u' ' && c <= u'~', "a problem is told in ASCII", problem->toUtf8());
        return;
    }
    const auto &behaviour = std::get<Behaviour>(result);
    const auto isIn = [](const auto &value, auto first, auto last) {
        return !value || (*value >= first && *value <= last);
    };
    expect(isIn(behaviour.closeAfter, 0, 1'000'000) && isIn(behaviour.dropAfter, 0, 1'000'000)
               && isIn(behaviour.floodCount, 0, 1'000'000) && isIn(behaviour.closeCode, 0, 65'535)
               && behaviour.delay.count() >= 0 && behaviour.delay.count() <= 60'000
               && behaviour.floodSize >= 0 && behaviour.floodSize <= limits.maxMessageSize
               && isIn(behaviour.fragmentSize, 1, limits.maxMessageSize)
               && isIn(behaviour.pushInterval, Behaviour::minInterval, Behaviour::maxInterval)
               && isIn(behaviour.pingInterval, Behaviour::minInterval, Behaviour::maxInterval)
               && behaviour.closeReason.toUtf8().size() <= 123,
           "what a query asks for is within its range");
    expect(behaviour.closeCode || behaviour.closeReason.isEmpty(), "no reason without a code");
}

/// No character of it moves the cursor, turns the direction, or is not there.
bool isHarmless(const QString &text)
{
    const QList<uint> characters = text.toUcs4();
    return std::none_of(characters.begin(), characters.end(), [](uint c) {
        return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c
            || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
            || (c >= 0x2060 && c <= 0x2064) || (c >= 0x2066 && c <= 0x206f) || c == 0xfeff
            || c == 0xe0001 || (c >= 0xe0020 && c <= 0xe007f);
    });
}

void tryLog(Input &input)
{
    const qsizetype maxLength = input.byte();
    const QByteArray bytes = input.rest().toByteArray();
    const QString fromUtf16(reinterpret_cast<const QChar *>(bytes.constData()), bytes.size() / 2);
    for (const QString &text : {fromUtf16, QString::fromUtf8(bytes), QString::fromLatin1(bytes)}) {
        const QString shown = escaped(text, maxLength);
        expect(isHarmless(shown), "what is logged is harmless", shown.toUtf8());
        // The longest is \u{10ffff}.
        expect(shown.size() <= 10 * maxLength + 1, "what is logged is short", shown.toUtf8());
        expect(escaped(shown, shown.size()).replace(u"\\\\"_s, u"\\"_s) == shown,
               "only backslashes are to be escaped again", shown.toUtf8());
        const QByteArray line = logLine(QtInfoMsg, QMessageLogContext(), text);
        expect(line.size() <= maxLogLineSize && line.indexOf('\n') == line.size() - 1,
               "a log line is one line", line);
        expect(isHarmless(QString::fromUtf8(line.chopped(1))), "a log line is harmless", line);
    }
}

} // namespace

int LLVMFuzzerInitialize(int *, char ***)
{
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Input input(data, size);
    switch (input.byte() % 4) {
    case 0:
    case 1:
        tryRequest(input);
        break;
    case 2:
        tryQuery(input);
        break;
    case 3:
        tryLog(input);
        break;
    }
    return 0;
}
