// SPDX-License-Identifier: MIT
#include "connectionstage.h"

#include <QCoreApplication>

QString ConnectionStage::name() const
{
    switch (stage) {
    case Stage::Name:
        return QCoreApplication::translate("ConnectionStage", "name");
    case Stage::Tcp:
        return QCoreApplication::translate("ConnectionStage", "TCP");
    case Stage::Tls:
        return QCoreApplication::translate("ConnectionStage", "TLS");
    case Stage::Upgrade:
        return QCoreApplication::translate("ConnectionStage", "upgrade");
    case Stage::Open:
        break;
    }
    return {};
}

void StageLog::begin(Stage stage, const QString &detail)
{
    end(StageState::Done, detail);
    m_stages.push_back({.stage = stage});
    m_clock.start();
}

void StageLog::end(StageState::State state, const QString &detail)
{
    if (!isRunning())
        return;
    constexpr qreal nanosecondsInMillisecond = 1e6;
    ConnectionStage &last = m_stages.last();
    last.state = state;
    last.milliseconds = static_cast<qreal>(m_clock.nsecsElapsed()) / nanosecondsInMillisecond;
    last.detail = detail;
}

Stage StageLog::stage() const
{
    return m_stages.isEmpty() ? Stage::Name : m_stages.last().stage;
}

bool StageLog::isRunning() const
{
    return !m_stages.isEmpty() && m_stages.last().state == StageState::Running;
}
