// SPDX-License-Identifier: MIT
#pragma once

#include "outbox.h"
#include "transcript.h"

#include <QList>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QtQml/qqmlregistration.h>

#include <deque>

/*!
    Goes through the texts that were sent before in a conversation, the newest first: those that
    still wait in the outbox, then those of the transcript, in this run of the program and in those
    before. Of equal neighbours there is one.

    While one goes through them, what was changed in each is remembered, and so is the line that was
    typed first. The transcript is looked through in a thread of its own, so that nothing waits for
    it.
*/
class Recall : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    Q_PROPERTY(
        Transcript *transcript READ transcript WRITE setTranscript NOTIFY transcriptChanged FINAL)
    Q_PROPERTY(Outbox *outbox READ outbox WRITE setOutbox NOTIFY outboxChanged FINAL)
    /// What is longer is left out, in UTF-16 code units.
    Q_PROPERTY(int maximumLength READ maximumLength WRITE setMaximumLength NOTIFY
                   maximumLengthChanged FINAL)

public:
    /// How many are looked for at a time.
    static constexpr int pageSize = 32;

    explicit Recall(QObject *parent = nullptr);
    ~Recall() override;

    [[nodiscard]] Transcript *transcript() const { return m_transcript; }
    void setTranscript(Transcript *transcript);
    [[nodiscard]] Outbox *outbox() const { return m_outbox; }
    void setOutbox(Outbox *outbox);
    [[nodiscard]] int maximumLength() const { return m_maximumLength; }
    void setMaximumLength(int length);

    /// Whether an older one is being looked for.
    [[nodiscard]] bool isSearching() const { return m_ticket != 0; }

    /// Goes to the text before or after the one that is there, as which \a line is remembered.
    /// recalled() gives it, maybe later; where there is none, nothing happens.
    Q_INVOKABLE void older(const QString &line);
    Q_INVOKABLE void newer(const QString &line);
    /// The line was sent: the next walk begins anew, and what was changed is forgotten.
    Q_INVOKABLE void reset();

Q_SIGNALS:
    void transcriptChanged();
    void outboxChanged();
    void maximumLengthChanged();
    void recalled(const QString &text, bool isOlder);

private:
    void begin(const QString &line);
    void useStore();
    bool add(const QString &text);
    bool addNext();
    void goOn();
    void onFound(int ticket, const QList<qint64> &seqs);
    void onFinished(int ticket, qint64 total);

    QPointer<Transcript> m_transcript;
    QPointer<TranscriptStore> m_store;
    QPointer<Outbox> m_outbox;
    QList<QString> m_texts; // the line typed first, then what was sent, the newest first
    QString m_last; // the last of them, as it was sent
    std::deque<qint64> m_seqs; // of further ones, not read yet
    qint64 m_before = 0; // where to look further
    qsizetype m_at = 0; // in m_texts
    int m_ticket = 0; // of the search that runs; 0: none
    int m_maximumLength = 100'000;
    bool m_isComplete = false; // there is nothing further to look for
    bool m_isWanted = false; // a further one, as soon as it is there
};
