// SPDX-License-Identifier: MIT
#pragma once

#include "epolldispatcher.h"

#include <QCoreApplication>
#include <QTest>

/// As QTEST_GUILESS_MAIN, on the event dispatcher that the server runs on.
#define EPOLL_TEST_MAIN(TestClass)                                                                 \
    int main(int argc, char *argv[])                                                               \
    {                                                                                              \
        QCoreApplication::setEventDispatcher(new EpollDispatcher);                                 \
        QCoreApplication app(argc, argv);                                                          \
        TestClass test;                                                                            \
        QTEST_SET_MAIN_SOURCE_PATH                                                                 \
        return QTest::qExec(&test, argc, argv);                                                    \
    }
