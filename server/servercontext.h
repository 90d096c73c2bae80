// SPDX-License-Identifier: MIT
#pragma once

#include "handshake.h"
#include "serverlimits.h"

#include <QByteArray>

/*!
    What the connections of one server share.
*/
struct ServerContext
{
    explicit ServerContext(const Limits &limits_)
        : limits(limits_)
        , readBuffer(limits_.readQuantum, Qt::Uninitialized)
    {
    }

    HandshakePolicy policy;
    const Limits limits;
    /// Where each reads its turn's input, which is used up at the turn's end.
    QByteArray readBuffer;
};
