// SPDX-License-Identifier: MIT
#include "terminalreplay.h"

#include "displaytext.h"
#include "terminaloutput.h"

using namespace Qt::Literals::StringLiterals;

TerminalReplay::TerminalReplay(const QString &fileName, const QUrl &url, Replay::Pace pace,
                               int wait, int output, QObject *parent)
    : QObject(parent)
    , m_outputDescriptor(output)
{
    if (m_outputDescriptor != -1) {
        m_transcript.setFolding(false);
        m_transcript.setSocket(&m_socket);
        connect(&m_transcript, &Transcript::rowsInserted, this,
                [this](const QModelIndex &, int first, int last) { printRows(first, last); });
    }
    m_socket.setUrl(url);
    m_replay.setSocket(&m_socket);
    m_replay.setFileName(fileName);
    m_replay.setPace(pace);
    m_replay.setAnswerTimeout(wait);
    connect(&m_replay, &Replay::finished, this, &TerminalReplay::onFinished);
}

void TerminalReplay::printRows(int first, int last)
{
    QByteArray rows;
    for (int row = last; row >= first; --row) // the oldest first
        rows += terminalRow(m_transcript.wholeEntry(row));
    if (!m_outputClosed && !writeAll(m_outputDescriptor, rows)) {
        m_outputClosed = true;
        m_replay.stop();
    }
}

void TerminalReplay::onFinished()
{
    m_transcript.flush();
    if (m_outputClosed) {
        Q_EMIT finished(Failure, u"The output was closed."_s);
        return;
    }
    QString message = DisplayText::visible(m_replay.summary()).text;
    if (m_replay.difference())
        message += u'\n' + m_replay.difference()->text();

    switch (m_replay.outcome()) {
    case Replay::Equal:
        Q_EMIT finished(Success, message);
        break;
    case Replay::Unreadable:
        Q_EMIT finished(Unreadable, message);
        break;
    case Replay::None:
    case Replay::Stopped:
    case Replay::Different:
    case Replay::Silence:
    case Replay::ConnectionFailed:
        Q_EMIT finished(Failure, message);
        break;
    }
}
