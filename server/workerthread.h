// SPDX-License-Identifier: MIT
#pragma once

#include <QThread>

#include <memory>

class Worker;

/*!
    The thread of a Worker, with an event loop on epoll.
*/
class WorkerThread : public QThread
{
    Q_OBJECT

public:
    explicit WorkerThread(std::unique_ptr<Worker> worker);
    /// Ends the worker, and waits for that.
    ~WorkerThread() override;

protected:
    void run() override;

private:
    std::unique_ptr<Worker> m_worker;
};
