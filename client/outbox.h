// SPDX-License-Identifier: MIT
#pragma once

#include "outboxline.h"
#include "transcriptstore.h"

#include <QAbstractListModel>
#include <QHash>
#include <QPointer>
#include <QQueue>
#include <QTimer>
#include <QtQml/qqmlregistration.h>

#include <array>
#include <deque>
#include <memory>
#include <optional>

class OutboxFile;
class WebSocket;
struct ReceivedMessage;

/*!
    The lines that are to be sent to a server and of which it is not known yet that they have
    arrived, as a list model.

    A line waits until the \c socket is open; then the lines go out in their order, each once. It
    leaves the list when its echo comes, a message with the same bytes, or when the server has
    answered a ping that was sent after it. When the connection ends before that, the line is in
    doubt: it stays, and is sent again only when somebody says so.

    Lines and draft are kept in a \c file, per server, before they are seen in the list. A line that
    goes out is noted there first: after a crash it is in doubt, too.
*/
class Outbox : public QAbstractListModel
{
    Q_OBJECT
    QML_ELEMENT
    Q_MOC_INCLUDE("websocket.h")

    /// Over which lines go out: those that are opened after server was set.
    Q_PROPERTY(WebSocket *socket READ socket WRITE setSocket NOTIFY socketChanged FINAL)
    /// Where lines and drafts are kept: an SQLite file; empty: in memory only. It is set once, at
    /// first.
    Q_PROPERTY(QString file READ file WRITE setFile NOTIFY fileChanged FINAL)
    /// Where messages are written down as well: a line that has arrived leaves the file when it is
    /// on the disk there, and at once where there is no store.
    Q_PROPERTY(TranscriptStore *store READ store WRITE setStore NOTIFY storeChanged FINAL)
    /// Whose lines these are: its address, without a password. With another one, its lines are
    /// here instead.
    Q_PROPERTY(QString server READ server WRITE setServer NOTIFY serverChanged FINAL)
    /// What is being typed; kept within flushDelay.
    Q_PROPERTY(QString draft READ draft WRITE setDraft NOTIFY draftChanged FINAL)
    /// The same for bytes, as they are typed in hexadecimal and in Base64; and which of the three
    /// is seen: 0 is the text, 1 hexadecimal, 2 Base64.
    Q_PROPERTY(QString hexDraft READ hexDraft WRITE setHexDraft NOTIFY draftChanged FINAL)
    Q_PROPERTY(QString base64Draft READ base64Draft WRITE setBase64Draft NOTIFY draftChanged FINAL)
    Q_PROPERTY(
        int draftEncoding READ draftEncoding WRITE setDraftEncoding NOTIFY draftChanged FINAL)
    /// What is sent as text whenever the socket opens, before the lines; none of it is kept here.
    Q_PROPERTY(QStringList firstMessages READ firstMessages WRITE setFirstMessages NOTIFY
                   firstMessagesChanged FINAL)
    /// How many lines wait to be sent, and how many are in doubt.
    Q_PROPERTY(int pendingCount READ pendingCount NOTIFY countsChanged FINAL)
    Q_PROPERTY(int inDoubtCount READ inDoubtCount NOTIFY countsChanged FINAL)
    /// Why lines are not kept, or not sent, in a sentence; empty when all is well.
    Q_PROPERTY(QString trouble READ trouble NOTIFY troubleChanged FINAL)

public:
    enum State {
        Pending, ///< it waits to be sent
        Sending, ///< the socket has it
        Sent, ///< the operating system has it
        Confirmed, ///< the server has answered a ping that came after it; it has left the list
        Echoed, ///< its bytes have come back; it has left the list
        InDoubt, ///< the connection ended, or the program, and nobody knows whether it arrived
    };
    Q_ENUM(State)

    enum Role {
        LineIdRole = Qt::UserRole + 1, ///< of signals; 0 or less where it is not on the disk
        TextRole, ///< the beginning of it, of rowLength; empty when it is binary
        BinaryRole,
        SizeRole, ///< in bytes
        StateRole, ///< "lineState" in QML, where items have a state of their own
    };

    /// How many lines, and bytes of them, may be in the list.
    static constexpr int maxLines = 10'000;
    static constexpr qint64 maxBytes = 64 * 1024 * 1024;
    /// A longer draft is not kept, in characters.
    static constexpr qsizetype maxDraftLength = 1024 * 1024;
    /// Characters.
    static constexpr qsizetype rowLength = 4 * 1024;
    /// Beyond this many bytes that wait in the socket, lines wait here, where they can be edited.
    static constexpr qint64 maxBytesToWrite = 1024 * 1024;
    /// So many lines are noted as going out at a time; they are in doubt together after a crash.
    static constexpr int maxBatch = 64;
    /// How long after a change the draft is kept, in ms.
    static constexpr int flushDelay = 150;
    /// When the disk did not take what was to go out, it is tried again after that, in ms.
    static constexpr int retryDelay = 2'000;
    /// How long after lines have gone out they are asked after by a ping, in ms.
    static constexpr int confirmDelay = 1'000;

    explicit Outbox(QObject *parent = nullptr);
    ~Outbox() override;

    [[nodiscard]] WebSocket *socket() const;
    void setSocket(WebSocket *socket);
    [[nodiscard]] QString file() const { return m_fileName; }
    void setFile(const QString &fileName);
    [[nodiscard]] TranscriptStore *store() const { return m_transcripts; }
    void setStore(TranscriptStore *store);
    [[nodiscard]] QString server() const { return m_server; }
    void setServer(const QString &server);
    [[nodiscard]] QString draft() const { return m_draft.text; }
    void setDraft(const QString &draft);
    [[nodiscard]] QString hexDraft() const { return m_draft.hex; }
    void setHexDraft(const QString &draft);
    [[nodiscard]] QString base64Draft() const { return m_draft.base64; }
    void setBase64Draft(const QString &draft);
    [[nodiscard]] int draftEncoding() const { return m_draft.encoding; }
    void setDraftEncoding(int encoding);
    [[nodiscard]] QStringList firstMessages() const { return m_firstMessages; }
    void setFirstMessages(const QStringList &messages);
    [[nodiscard]] int pendingCount() const { return m_counts[Pending]; }
    [[nodiscard]] int inDoubtCount() const { return m_counts[InDoubt]; }
    [[nodiscard]] QString trouble() const { return m_trouble; }

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

    /*!
        Puts a line at the end, as it is; it goes out at once where it can. Returns whether it was
        taken: it is not beyond maxLines and maxBytes, and trouble says so.
    */
    Q_INVOKABLE bool append(const QString &text);
    Q_INVOKABLE bool appendBinary(const QByteArray &bytes);
    /// The same for many lines, all or none; the disk is waited for once, not for each.
    Q_INVOKABLE bool appendLines(const QStringList &texts);
    /// Makes the draft a line, and the draft empty, so that a crash leaves one of them.
    Q_INVOKABLE bool appendDraft();
    /// The same for the bytes that are seen, which are \a bytes.
    Q_INVOKABLE bool appendBinaryDraft(const QByteArray &bytes);
    /// \name For a line that is Pending; otherwise false is returned and nothing happens
    /// @{
    Q_INVOKABLE bool edit(int row, const QString &text);
    Q_INVOKABLE bool remove(int row);
    /// Moves it to where \a to is, which is Pending too.
    Q_INVOKABLE bool move(int row, int to);
    /// @}
    /// \name For a line that is InDoubt; otherwise false is returned and nothing happens
    /// @{
    Q_INVOKABLE bool sendAgain(int row);
    Q_INVOKABLE bool dismiss(int row);
    /// @}
    /// The whole of it; empty when it is binary.
    [[nodiscard]] Q_INVOKABLE QString textAt(int row) const;
    [[nodiscard]] Q_INVOKABLE QByteArray payloadAt(int row) const;

Q_SIGNALS:
    void socketChanged();
    void fileChanged();
    void storeChanged();
    void serverChanged();
    void draftChanged();
    void firstMessagesChanged();
    void countsChanged();
    void troubleChanged();
    /// \a roundTrip is in ms, and -1 where there is none. A line may be Echoed after Confirmed.
    /// Sending comes when all have heard from the socket that it sent the message, and before
    /// other messages are sent from here.
    void stateChanged(int lineId, Outbox::State state, qreal roundTrip);

private:
    struct Line : OutboxLine
    {
        State state = Pending;
        qint64 end = 0; // the bytes that the connection was given up to and with it
    };

    /// A line that is to be removed from the file once that entry is on the disk.
    struct Settled
    {
        int id = 0;
        TranscriptStore::Place entry;
    };

    bool append(QList<OutboxLine> lines, const std::optional<OutboxDraft> &draft = {});
    void take(const OutboxDraft &draft);
    [[nodiscard]] static OutboxDraft kept(OutboxDraft draft);
    [[nodiscard]] bool hasRoom(qint64 bytes) const;
    [[nodiscard]] bool isIn(int row, State state) const;
    [[nodiscard]] int rowOf(int id) const;
    [[nodiscard]] bool canHandOver() const;
    void load();
    void handOver();
    void giveFirstMessages();
    void give(int id);
    void onMessageSent(quint64 number, qint64 size);
    void onBytesToWriteChanged();
    void onMessagesReceived(const QList<ReceivedMessage> &messages);
    void onStatusChanged();
    void onPong(quint64 number);
    void askAfter();
    void doubt();
    void flush();
    void removeSettled();
    void settle(int row, State state, qreal roundTrip);
    void removeRow(int row);
    void setState(int row, State state);
    void look();
    void setTrouble(const QString &trouble);

    std::unique_ptr<OutboxFile> m_store;
    QPointer<WebSocket> m_socket;
    QPointer<TranscriptStore> m_transcripts;
    QString m_fileName;
    QString m_server = QStringLiteral(""); // null is not empty for SQLite
    OutboxDraft m_draft;
    QString m_trouble;
    QStringList m_firstMessages;
    std::deque<Line> m_lines;
    std::array<int, InDoubt + 1> m_counts{};
    QHash<quint64, int> m_lineIds; // of those that may have an echo, by the number of the message
    QQueue<int> m_sending; // ids, in the order in which they went out
    QList<Settled> m_settled; // in the order of their entries
    QTimer m_flushTimer;
    QTimer m_confirmTimer;
    QTimer m_turnTimer; // until more lines go out
    qint64 m_bytes = 0; // of m_lines
    qint64 m_given = 0; // bytes of frames that this connection was given
    qint64 m_asked = 0; // of these, those before our last ping
    quint64 m_ping = 0; // its number
    int m_unkept = 0; // the id of the last line that is not on the disk
    int m_giving = 0; // the line that is being given to the socket; 0: none
    bool m_isOurs = true; // the connection that is open: it was opened for this server
    bool m_hasBegun = false; // this connection has been given the first messages
    bool m_isHandingOver = false;
    bool m_draftChanged = false;
};
