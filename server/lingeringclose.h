// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>
#include <QSocketNotifier>

/*!
    The end of a clean closing (RFC 6455 7.1.1): keeps a TCP connection open for reading after its
    socket is closed, and discards what comes, until the peer closes too.

    QWebSocket::close() closes the TCP socket at once. When bytes are still unread, as after a
    message that is too big, that resets the connection, and clients such as Node's report 1006
    instead of our close code.
*/
class LingeringClose : public QObject
{
    Q_OBJECT

public:
    /// Keeps a duplicate of \a descriptor, a connected TCP socket.
    explicit LingeringClose(qintptr descriptor, QObject *parent = nullptr);
    /// Ends the TCP connection.
    ~LingeringClose() override;

    /// Whether there was a file descriptor to spare.
    [[nodiscard]] bool isValid() const { return m_descriptor != -1; }
    /// Tells the peer that no more will come. finished() follows, also when it was there before.
    void finishWriting();

Q_SIGNALS:
    /// The peer has closed its side, or is gone.
    void finished();

private:
    void discardInput();

    const int m_descriptor;
    QSocketNotifier m_notifier{QSocketNotifier::Read};
};
