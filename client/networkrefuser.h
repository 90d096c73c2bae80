// SPDX-License-Identifier: MIT
#pragma once

#include <QQmlNetworkAccessManagerFactory>

/*!
    Refuses every request that QML itself would make (an image, a font, a component).

    The window needs none of them: all it shows comes with the program or over the WebSocket. That
    messages are shown as plain text is the first wall against fetching what a stranger names; this
    is the second.
*/
class NetworkRefuser : public QQmlNetworkAccessManagerFactory
{
public:
    [[nodiscard]] QNetworkAccessManager *create(QObject *parent) override;
};
