// SPDX-License-Identifier: MIT
#pragma once

#include "outbox.h"
#include "websocket.h"

#include <QByteArray>
#include <QFutureWatcher>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QtQml/qqmlregistration.h>

/*!
    A file that is to be sent as one message. It is read in another thread.
*/
class FileToSend : public QObject
{
    Q_OBJECT
    QML_ELEMENT

    /// The file's name as it may be shown; empty: there is none.
    Q_PROPERTY(QString title READ title NOTIFY changed FINAL)
    /// Whether it is being read, and whether it has been read and can be sent.
    Q_PROPERTY(bool reading READ isReading NOTIFY changed FINAL)
    Q_PROPERTY(bool ready READ isReady NOTIFY changed FINAL)
    /// In bytes, and whether they are UTF-8, so that it could be a text message.
    Q_PROPERTY(int size READ size NOTIFY changed FINAL)
    Q_PROPERTY(bool isText READ isText NOTIFY changed FINAL)
    /// Whether it is on its way, and how many bytes of it the operating system has.
    Q_PROPERTY(bool sending READ isSending NOTIFY changed FINAL)
    Q_PROPERTY(int sent READ sent NOTIFY changed FINAL)
    /// Why it cannot be sent, in a sentence; or empty.
    Q_PROPERTY(QString error READ error NOTIFY changed FINAL)

public:
    /// A larger file is refused: an outbox takes no more.
    static constexpr qint64 maxSize = Outbox::maxBytes;

    explicit FileToSend(QObject *parent = nullptr);
    ~FileToSend() override;

    [[nodiscard]] QString title() const { return m_title; }
    [[nodiscard]] bool isReading() const { return m_watcher.isRunning(); }
    [[nodiscard]] bool isReady() const { return m_isReady; }
    [[nodiscard]] int size() const { return m_size; }
    [[nodiscard]] bool isSending() const { return m_isSending; }
    [[nodiscard]] int sent() const { return m_sent; }
    [[nodiscard]] bool isText() const { return m_content.isText; }
    [[nodiscard]] QString error() const { return m_content.error; }

    /// Begins to read \a fileName, which may be a local file's URL.
    Q_INVOKABLE void open(const QString &fileName);
    /// Forgets the file.
    Q_INVOKABLE void close();
    /// Puts it into \a outbox as a binary message, or as text; whether it was taken. It is
    /// forgotten once it has gone out, or waits there.
    Q_INVOKABLE bool sendTo(Outbox *outbox, bool asText);

Q_SIGNALS:
    void changed();

private:
    struct Content
    {
        QByteArray bytes = {};
        bool isText = false;
        QString error = {};
    };
    [[nodiscard]] static Content read(const QString &fileName);
    void onRead();
    void forget();
    void follow();

    QString m_title;
    QFutureWatcher<Content> m_watcher;
    Content m_content;
    QPointer<WebSocket> m_socket; // over which it goes
    int m_size = 0;
    int m_sent = 0;
    bool m_isReady = false;
    bool m_isSending = false;
};
