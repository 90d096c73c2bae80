// SPDX-License-Identifier: MIT
#pragma once

#include "failure.h"

#include <QElapsedTimer>
#include <QList>
#include <QMetaType>
#include <QString>
#include <QtQml/qqmlregistration.h>

/// How a stage of connecting went.
namespace StageState {
Q_NAMESPACE
QML_ELEMENT
enum State { Running, Done, Failed, GivenUp };
Q_ENUM_NS(State)
} // namespace StageState

/// One of the stages of connecting to a server, with the time that it took.
struct ConnectionStage
{
    Q_GADGET
    QML_VALUE_TYPE(connectionStage)
    /// What it is called: name, TCP, TLS, upgrade.
    Q_PROPERTY(QString name READ name FINAL)
    Q_PROPERTY(StageState::State state MEMBER state FINAL)
    /// How long it took; -1 while it is Running.
    Q_PROPERTY(qreal milliseconds MEMBER milliseconds FINAL)
    /// What came of it: an address, a version of TLS, the status of an HTTP answer, which are
    /// words of the server; or empty.
    Q_PROPERTY(QString detail MEMBER detail FINAL)

public:
    Stage stage = Stage::Name;
    StageState::State state = StageState::Running;
    qreal milliseconds = -1;
    QString detail = {};

    [[nodiscard]] QString name() const;

    friend bool operator==(const ConnectionStage &, const ConnectionStage &) = default;
};

/// The stages of one connection, one after the other, by a clock that is never set.
class StageLog
{
public:
    /// The stage before, if any, is done, with \a detail.
    void begin(Stage stage, const QString &detail = {});
    /// The stage that is running, if any, is over.
    void end(StageState::State state, const QString &detail = {});
    /// The last one that was begun.
    [[nodiscard]] Stage stage() const;
    [[nodiscard]] bool isRunning() const;
    [[nodiscard]] const QList<ConnectionStage> &stages() const { return m_stages; }

private:
    QList<ConnectionStage> m_stages;
    QElapsedTimer m_clock; // of the last one
};
