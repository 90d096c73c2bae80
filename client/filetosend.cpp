// SPDX-License-Identifier: MIT
#include "filetosend.h"

#include "typedpath.h"
#include "utf8.h"

#include <QFile>
#include <QFileInfo>
#include <QLocale>
#include <QPromise>
#include <QThreadPool>

#include <algorithm>
#include <memory>

using namespace Qt::Literals::StringLiterals;

FileToSend::FileToSend(QObject *parent)
    : QObject(parent)
{
    connect(&m_watcher, &QFutureWatcherBase::finished, this, &FileToSend::onRead);
}

FileToSend::~FileToSend() = default;

FileToSend::Content FileToSend::read(const QString &fileName)
{
    Content result;
    const QFileInfo info(fileName);
    const QString name = shownPath(fileName);
    QFile file(fileName);
    if (!info.exists()) {
        result.error = tr("There is no file %1.").arg(name);
    } else if (!info.isFile()) {
        result.error = tr("%1 is no file that can be sent.").arg(name);
    } else if (!file.open(QIODevice::ReadOnly)) {
        result.error = tr("%1 cannot be read: %2.").arg(name, file.errorString());
    } else {
        // It may grow meanwhile, or not say how large it is.
        result.bytes = file.read(maxSize + 1);
        if (file.error() != QFileDevice::NoError)
            result.error = tr("%1 cannot be read: %2.").arg(name, file.errorString());
        else if (result.bytes.size() > maxSize)
            result.error = tr("%1 is too large: a message takes up to %2.")
                               .arg(name, QLocale::c().formattedDataSize(maxSize, 0));
    }
    if (!result.error.isEmpty())
        result.bytes.clear();
    result.isText = result.error.isEmpty() && decodedUtf8(result.bytes).has_value();
    return result;
}

void FileToSend::open(const QString &fileName)
{
    forget();
    const QString path = pathFrom(fileName);
    m_title = shownPath(QFileInfo(path).fileName());
    // What is still being read is forgotten: the watcher watches this one.
    const auto promise = std::make_shared<QPromise<Content>>();
    promise->start();
    m_watcher.setFuture(promise->future());
    QThreadPool::globalInstance()->start([promise, path] {
        promise->addResult(read(path));
        promise->finish();
    });
    Q_EMIT changed();
}

void FileToSend::onRead()
{
    if (m_watcher.future().resultCount() == 0)
        return;
    m_content = m_watcher.future().result();
    m_size = static_cast<int>(m_content.bytes.size());
    m_isReady = m_content.error.isEmpty();
    Q_EMIT changed();
}

void FileToSend::close()
{
    forget();
    Q_EMIT changed();
}

void FileToSend::forget()
{
    m_watcher.setFuture({});
    m_title.clear();
    m_content = {};
    if (m_socket)
        m_socket->disconnect(this);
    m_socket.clear();
    m_size = 0;
    m_sent = 0;
    m_isReady = false;
    m_isSending = false;
}

bool FileToSend::sendTo(Outbox *outbox, bool asText)
{
    if (!m_isReady || !outbox)
        return false;
    // With its byte order mark, which QString::fromUtf8() drops.
    const bool isTaken = asText && m_content.isText
        ? outbox->append(decodedUtf8(m_content.bytes).value_or(QString()))
        : outbox->appendBinary(m_content.bytes);
    if (!isTaken)
        return false;
    m_content.bytes.clear();
    m_isReady = false;
    m_isSending = true;
    m_socket = outbox->socket();
    if (m_socket) {
        connect(m_socket, &WebSocket::bytesToWriteChanged, this, &FileToSend::follow);
        connect(m_socket, &WebSocket::statusChanged, this, &FileToSend::follow);
    }
    follow();
    return true;
}

/// What waits in the socket last is the file.
void FileToSend::follow()
{
    const qint64 left =
        m_socket && m_socket->status() == WebSocket::Open ? m_socket->bytesToWrite() : 0;
    if (left == 0) {
        close();
        return;
    }
    m_sent = std::max(m_sent, m_size - static_cast<int>(std::min<qint64>(left, m_size)));
    Q_EMIT changed();
}
