// SPDX-License-Identifier: MIT
#pragma once

#include "framereader.h"
#include "handshake.h"
#include "metrics.h"
#include "serverlimits.h"
#include "sparebuffer.h"
#include "upgrader.h"

#include <QByteArray>
#include <QString>

#include <optional>

/*!
    What the connections of one worker share.
*/
struct ServerContext
{
    explicit ServerContext(const Limits &limits_)
        : limits(limits_)
        , readBuffer(limits_.readQuantum + FrameReader::maxHeaderSize, Qt::Uninitialized)
    {
    }

    HandshakePolicy policy;
    /// Sent first, unless the peer asks for something else.
    std::optional<QString> greeting;
    const Limits limits;
    Upgrader upgrader;
    Metrics metrics;
    /// Where each reads its turn's input, which is used up at the turn's end. A message as large as
    /// a turn comes with its header.
    QByteArray readBuffer;
    /// For what each sends in its turn.
    SpareBuffer spareOutput;
    /// For the message that each reads.
    SpareBuffer sparePayload;
};
