// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

class QSslConfiguration;

/// Files in PEM that a wss:// connection uses.
struct TlsFiles
{
    QString ca = {}; ///< certificates to trust besides the system's; empty: none
    QString certificate = {}; ///< the client's own, with its chain; empty: none
    QString key = {}; ///< its key, which no passphrase protects

    friend bool operator==(const TlsFiles &, const TlsFiles &) = default;

    /// Reads the files into \a configuration. Returns why one of them cannot be used, in a
    /// sentence; empty when all can.
    [[nodiscard]] QString readInto(QSslConfiguration &configuration) const;
};
