// SPDX-License-Identifier: MIT
#pragma once

#include "handshakepolicy.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

/*!
    The head of the HTTP request that asks for a WebSocket (RFC 6455 4.2.1), checked as it comes.

    It takes nothing that could be read in two ways, and has an answer for whatever it refuses.
    Each byte is looked at once when it comes, and once more when its line or the head is complete.
*/
class Handshake
{
public:
    enum class State { NeedsMore, Accepted, Refused };

    struct Refusal
    {
        int status = 0;
        /// The complete answer, after which the connection is to be closed.
        QByteArray response;
    };

    /// Bytes up to and including the empty line.
    static constexpr qsizetype maxHeadSize = 16 * 1024;
    /// Bytes of one line with its end. QWebSocketServer closes without an answer for a longer one.
    static constexpr qsizetype maxLineSize = 8 * 1024;
    /// Header lines, without the request line.
    static constexpr int maxHeaderLines = 100;

    explicit Handshake(const HandshakePolicy &policy);

    /*!
        Takes \a input up to the end of the head, or to the byte that gets it refused. Returns how
        many bytes that were; what follows an accepted head belongs to the frames.
    */
    qsizetype feed(QByteArrayView input);

    [[nodiscard]] State state() const { return m_state; }
    /// The accepted head, byte for byte.
    [[nodiscard]] const QByteArray &head() const { return m_head; }
    /// Why not; set in State::Refused only.
    [[nodiscard]] const Refusal &refusal() const { return m_refusal; }
    /// Path and query as they came, as far as they did. Also of a refused request, for the log.
    [[nodiscard]] const QByteArray &target() const { return m_target; }
    /// What is behind the question mark of the target; empty without one.
    [[nodiscard]] QByteArrayView query() const;
    /// The first of the subprotocols that are offered; empty without one.
    [[nodiscard]] QByteArray firstSubprotocol() const;
    /// The Origin header as it came; empty without one. Also of a refused request, for the log.
    [[nodiscard]] QByteArray origin() const { return m_origin.value_or(QByteArray()); }

    /// With \a sentence as the body of its answer.
    [[nodiscard]] static Refusal refusalOf(int status, QByteArrayView sentence);
    /// 400, for a head that the peer ends before its empty line.
    [[nodiscard]] static Refusal endedEarly();
    /// 408, for a head that takes too long.
    [[nodiscard]] static Refusal timedOut();
    /// 503, for a peer too many.
    [[nodiscard]] static Refusal full();

private:
    using Field = std::optional<QByteArray>;

    enum class Part { Method, RequestLine, Headers };

    void take(qsizetype index);
    void takeRequestLine(QByteArrayView line);
    void takeTarget(QByteArrayView target);
    void takeHeader(QByteArrayView line);
    void keep(QByteArrayView name, QByteArrayView value);
    void finish();
    void refuse(int status, QByteArrayView sentence);

    const HandshakePolicy m_policy;
    State m_state = State::NeedsMore;
    Part m_part = Part::Method;
    QByteArray m_head;
    qsizetype m_lineStart = 0;
    int m_headerLines = 0;
    Refusal m_refusal;

    QByteArray m_target;
    /// Of a target that is a whole URL.
    Field m_targetAuthority;
    Field m_host;
    Field m_upgrade;
    Field m_connection;
    Field m_key;
    Field m_version;
    Field m_origin;
    Field m_subprotocols; // of the first such header
};
