// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <array>

/// The flags of wscat 6 and websocat 1.14, those of clients, and what each is here.
namespace CommandFlags {

using namespace Qt::Literals::StringLiterals;

enum class Value { None, Needed, Optional };

/// What a flag of theirs is here.
enum class Meaning {
    Address,
    Header,
    Subprotocols,
    Origin,
    UserAgent,
    BasicAuth,
    Message,
    CaFile,
    CertificateFile,
    KeyFile,
    PingInterval,
    MaxMessageSize,
    Binary,
    Text,
    Nothing, ///< it changes nothing that matters here
    Note, ///< it is not done here: its note says so
    Listen, ///< it is not a client
};

struct Flag
{
    char letter; ///< '\0' for none
    QLatin1StringView name; ///< without dashes; empty for none
    Value value;
    Meaning meaning;
    QLatin1StringView note = {};
};

inline constexpr QLatin1StringView noCheckNote =
    "Certificates are always checked here; one that is not valid is shown before it is used."_L1;
inline constexpr QLatin1StringView proxyNote = "The proxy was left out: set one in the system."_L1;
inline constexpr QLatin1StringView closeNote = "How the connection is closed was left out."_L1;

inline constexpr std::array wscatFlags{
    Flag{'c', "connect"_L1, Value::Needed, Meaning::Address},
    Flag{'H', "header"_L1, Value::Needed, Meaning::Header},
    Flag{'s', "subprotocol"_L1, Value::Needed, Meaning::Subprotocols},
    Flag{'o', "origin"_L1, Value::Needed, Meaning::Origin},
    Flag{'x', "execute"_L1, Value::Needed, Meaning::Message},
    Flag{'\0', "auth"_L1, Value::Needed, Meaning::BasicAuth},
    Flag{'\0', "ca"_L1, Value::Needed, Meaning::CaFile},
    Flag{'\0', "cert"_L1, Value::Needed, Meaning::CertificateFile},
    Flag{'\0', "key"_L1, Value::Needed, Meaning::KeyFile},
    Flag{'l', "listen"_L1, Value::Needed, Meaning::Listen},
    Flag{'w', "wait"_L1, Value::Needed, Meaning::Nothing},
    Flag{'P', "show-ping-pong"_L1, Value::None, Meaning::Nothing},
    Flag{'\0', "no-color"_L1, Value::None, Meaning::Nothing},
    Flag{'\0', "max-redirects"_L1, Value::Optional, Meaning::Nothing},
    Flag{'\0', "slash"_L1, Value::None, Meaning::Note,
         "Lines that begin with a slash are sent as they are here."_L1},
    Flag{'L', "location"_L1, Value::None, Meaning::Note, "Redirections are not followed here."_L1},
    Flag{'n', "no-check"_L1, Value::None, Meaning::Note, noCheckNote},
    Flag{'p', "protocol"_L1, Value::Needed, Meaning::Note,
         "The version of the protocol is always 13 here."_L1},
    Flag{'\0', "host"_L1, Value::Needed, Meaning::Note,
         "The header Host follows from the address here."_L1},
    Flag{'\0', "passphrase"_L1, Value::Optional, Meaning::Note,
         "The passphrase of the key was left out: passphrases are not kept."_L1},
    Flag{'\0', "proxy"_L1, Value::Needed, Meaning::Note, proxyNote},
};

inline constexpr std::array websocatFlags{
    Flag{'H', "header"_L1, Value::Needed, Meaning::Header},
    Flag{'\0', "protocol"_L1, Value::Needed, Meaning::Subprotocols},
    Flag{'\0', "origin"_L1, Value::Needed, Meaning::Origin},
    Flag{'\0', "ua"_L1, Value::Needed, Meaning::UserAgent},
    Flag{'\0', "basic-auth"_L1, Value::Needed, Meaning::BasicAuth},
    Flag{'p', "preamble"_L1, Value::Needed, Meaning::Message},
    Flag{'\0', "ping-interval"_L1, Value::Needed, Meaning::PingInterval},
    Flag{'\0', "max-ws-message-length"_L1, Value::Needed, Meaning::MaxMessageSize},
    Flag{'b', "binary"_L1, Value::None, Meaning::Binary},
    Flag{'t', "text"_L1, Value::None, Meaning::Text},
    Flag{'s', "server-mode"_L1, Value::None, Meaning::Listen},
    Flag{'1', "one-message"_L1, Value::None, Meaning::Nothing},
    Flag{'n', "no-close"_L1, Value::None, Meaning::Nothing},
    Flag{'E', "exit-on-eof"_L1, Value::None, Meaning::Nothing},
    Flag{'S', "strict"_L1, Value::None, Meaning::Nothing},
    Flag{'q', {}, Value::None, Meaning::Nothing},
    Flag{'v', {}, Value::None, Meaning::Nothing},
    Flag{'B', "buffer-size"_L1, Value::Needed, Meaning::Nothing},
    Flag{'\0', "no-line"_L1, Value::None, Meaning::Nothing},
    Flag{'\0', "print-ping-rtts"_L1, Value::None, Meaning::Nothing},
    Flag{'\0', "async-stdio"_L1, Value::None, Meaning::Nothing},
    Flag{'\0', "no-async-stdio"_L1, Value::None, Meaning::Nothing},
    Flag{'\0', "linemode-strip-newlines"_L1, Value::None, Meaning::Nothing},
    Flag{'\0', "max-ws-frame-length"_L1, Value::Needed, Meaning::Nothing},
    Flag{'\0', "autoreconnect-delay-millis"_L1, Value::Needed, Meaning::Nothing},
    Flag{'k', "insecure"_L1, Value::None, Meaning::Note, noCheckNote},
    Flag{'0', "null-terminated"_L1, Value::None, Meaning::Note,
         "Messages do not end with a NUL character here."_L1},
    Flag{'\0', "ping-timeout"_L1, Value::Needed, Meaning::Note,
         "How long a pong may take follows from the interval of the pings here."_L1},
    Flag{'\0', "websocket-version"_L1, Value::Needed, Meaning::Note,
         "The version of the protocol is always 13 here."_L1},
    Flag{'\0', "socks5"_L1, Value::Needed, Meaning::Note, proxyNote},
    Flag{'\0', "close-status-code"_L1, Value::Needed, Meaning::Note, closeNote},
    Flag{'\0', "close-reason"_L1, Value::Needed, Meaning::Note, closeNote},
    Flag{'\0', "client-pkcs12-der"_L1, Value::Needed, Meaning::Note,
         "The client's certificate was left out: this client takes it and its key in PEM; "
         "“openssl pkcs12 -in FILE -nodes” shows both."_L1},
    Flag{'\0', "client-pkcs12-passwd"_L1, Value::Needed, Meaning::Nothing},
};

} // namespace CommandFlags
