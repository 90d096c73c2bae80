// SPDX-License-Identifier: MIT
#pragma once

#include "transcript.h"
#include "windowview.h"

#include <QFile>
#include <QQuickWindow>

#include <cstdio>

/// What the benchmarks of the window have in common.
namespace Benchmark {

/// Tells run.py what was measured. \a name is that of a row in its table.
inline void report(const char *name, double value)
{
    std::printf("%s\t%.6g\n", name, value);
    std::fflush(stdout);
}

/// A line of /proc/self/status, such as VmHWM, in MiB.
inline double memory(const QByteArray &key)
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("/proc/self/status cannot be read");
    const auto lines = file.readAll().split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith(key + ':'))
            return line.simplified().split(' ').at(1).toDouble() / 1024;
    }
    qFatal("no %s in /proc/self/status", key.constData());
}

/// The item of \a window that has that objectName.
inline QQuickItem *item(const QQuickWindow *window, const char *name)
{
    QQuickItem *result = itemNamed(window, QString::fromLatin1(name));
    if (!result)
        qFatal("there is no item named %s", name);
    return result;
}

/// What the window shows the rows of.
inline Transcript *transcript(const QQuickWindow *window)
{
    auto *result = qobject_cast<Transcript *>(
        item(window, "transcript")->property("model").value<QObject *>());
    if (!result)
        qFatal("the window has no transcript");
    return result;
}

} // namespace Benchmark
