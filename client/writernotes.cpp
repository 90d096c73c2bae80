// SPDX-License-Identifier: MIT
#include "writernotes.h"

#include "address.h"

using namespace Qt::Literals::StringLiterals;

QString writtenAddress(const ConnectionSettings &settings)
{
    return urlWithPath(settings.url).toString(QUrl::FullyEncoded | QUrl::RemoveUserInfo);
}

QList<RequestHeader> writtenHeaders(const ConnectionSettings &settings)
{
    QList<RequestHeader> headers = settings.headers;
    if (!settings.userAgent.isEmpty())
        headers += {u"User-Agent"_s, settings.userAgent};
    return headers;
}

WriterNotes &WriterNotes::pin()
{
    return add(!m_settings.pinnedFingerprint.isEmpty(), u"The pinned certificate"_s);
}

WriterNotes &WriterNotes::pings()
{
    return add(m_settings.pingInterval != ConnectionSettings::defaultPingInterval,
               u"The interval of pings"_s);
}

WriterNotes &WriterNotes::messageSize()
{
    return add(m_settings.maxMessageSize != SocketLimits().maxMessageSize,
               u"The largest message"_s);
}

WriterNotes &WriterNotes::timeout()
{
    return add(m_settings.handshakeTimeout != SocketLimits().handshakeTimeout,
               u"How long connecting may take"_s);
}

WriterNotes &WriterNotes::certificates()
{
    return add(!m_settings.caFile.isEmpty(), u"The file of trusted certificates"_s)
        .clientCertificate();
}

WriterNotes &WriterNotes::clientCertificate()
{
    return add(!m_settings.certificateFile.isEmpty(), u"The client's certificate"_s);
}

WriterNotes &WriterNotes::add(bool isSaid, const QString &what)
{
    if (isSaid)
        m_list += what + u" was left out: there are no words for it here."_s;
    return *this;
}
