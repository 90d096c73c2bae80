// SPDX-License-Identifier: MIT
#include "chatwindow.h"

#include <QQuickWindow>
#include <QUrl>

using namespace Qt::Literals::StringLiterals;

ChatWindow::ChatWindow(const QUrl &url, const Settings &settings)
{
    m_engine.setNetworkAccessManagerFactory(&m_networkRefuser);
    m_engine.addImportPath(u"qrc:/qt/qml"_s);
    m_engine.setInitialProperties({{u"url"_s, url},
                                   {u"transcriptFile"_s, settings.transcriptFile},
                                   {u"openFile"_s, settings.openFile},
                                   {u"settingsFile"_s, settings.addressFile},
                                   {u"outboxFile"_s, settings.outboxFile},
                                   {u"reconnects"_s, settings.reconnect},
                                   {u"flags"_s, QVariant::fromValue(settings.flags)},
                                   {u"lines"_s, settings.lines},
                                   {u"connects"_s, settings.openFile.isEmpty() || !url.isEmpty()}});
    m_engine.load(QUrl(u"qrc:/qt/qml/AwesomeChat/Main.qml"_s));
}

QQuickWindow *ChatWindow::window() const
{
    return m_engine.rootObjects().isEmpty()
        ? nullptr
        : qobject_cast<QQuickWindow *>(m_engine.rootObjects().constFirst());
}
