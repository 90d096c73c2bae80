// SPDX-License-Identifier: MIT
#include "utf8.h"

#include <QStringDecoder>

std::optional<QString> decodedUtf8(QByteArrayView bytes, Utf8End end)
{
    using Flag = QStringDecoder::Flag;
    const auto flags = end == Utf8End::Complete ? Flag::ConvertInitialBom | Flag::Stateless
                                                : Flag::ConvertInitialBom;
    QStringDecoder decoder(QStringDecoder::Utf8, flags);
    const QString text = decoder(bytes);
    return decoder.hasError() ? std::nullopt : std::optional(text);
}
