// SPDX-License-Identifier: MIT
#include "networkrefuser.h"

#include <QNetworkAccessManager>
#include <QNetworkRequest>

namespace {

class RefusingManager : public QNetworkAccessManager
{
public:
    using QNetworkAccessManager::QNetworkAccessManager;

protected:
    QNetworkReply *createRequest(Operation operation, const QNetworkRequest &,
                                 QIODevice *outgoingData) override
    {
        // A request without an address fails by itself, before anything is opened or sent.
        return QNetworkAccessManager::createRequest(operation, QNetworkRequest(), outgoingData);
    }
};

} // namespace

QNetworkAccessManager *NetworkRefuser::create(QObject *parent)
{
    return new RefusingManager(parent);
}
