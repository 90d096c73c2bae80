// SPDX-License-Identifier: MIT
#include "workerthread.h"

#include "epolldispatcher.h"
#include "worker.h"

#include <QCoreApplication>

#include <openssl/crypto.h>

#include <utility>

using namespace Qt::Literals::StringLiterals;

WorkerThread::WorkerThread(std::unique_ptr<Worker> worker)
    : m_worker(std::move(worker))
{
    setObjectName(u"worker"_s); // as ps -L shows it
    setEventDispatcher(new EpollDispatcher);
    m_worker->moveToThread(this);
}

WorkerThread::~WorkerThread()
{
    quit();
    wait();
}

void WorkerThread::run()
{
    exec();
    m_worker.reset(); // here, where its sockets are watched
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); // sockets with TLS
    // By itself that comes when the thread is gone, which wait() does not wait for.
    OPENSSL_thread_stop();
}
