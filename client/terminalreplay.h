// SPDX-License-Identifier: MIT
#pragma once

#include "replay.h"
#include "transcript.h"
#include "websocket.h"

#include <QObject>

/*!
    A replay without a window: its rows go to a file descriptor, as those of Terminal do.
*/
class TerminalReplay : public QObject
{
    Q_OBJECT

public:
    enum ExitCode { Success = 0, Failure = 1, Unreadable = 2 };

    /*!
        Replays the conversation in \a fileName with \a url; where that is empty, with the file's
        server. Rows are written to \a output, none where that is -1. An answer may take \a wait ms
        longer than in the file.
    */
    TerminalReplay(const QString &fileName, const QUrl &url, Replay::Pace pace, int wait,
                   int output, QObject *parent = nullptr);

    /// Begins. Everything else follows by itself, until finished().
    void start() { m_replay.start(); }

Q_SIGNALS:
    /// It is over; \a message says how, in a sentence, and after a difference in a line more for
    /// each side. It may hold the peer's words, harmless and visible.
    void finished(TerminalReplay::ExitCode exitCode, const QString &message);

private:
    void printRows(int first, int last);
    void onFinished();

    WebSocket m_socket;
    Transcript m_transcript;
    Replay m_replay;
    int m_outputDescriptor;
    bool m_outputClosed = false;
};
