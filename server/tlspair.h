// SPDX-License-Identifier: MIT
#pragma once

#include <QSslConfiguration>
#include <QString>

#include <variant>

/*!
    Reads a certificate with its chain and the private key to it, both PEM, for a server that takes
    TLS 1.2 and up. Returns the configuration, or a sentence about what is wrong: a file that cannot
    be read, no certificate or key in it, a key that is another certificate's, a date.
*/
[[nodiscard]] std::variant<QSslConfiguration, QString> loadTlsPair(const QString &certificateFile,
                                                                   const QString &keyFile);
