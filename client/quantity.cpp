// SPDX-License-Identifier: MIT
#include "quantity.h"

#include <QRegularExpression>

#include <cmath>
#include <span>

using namespace Qt::Literals::StringLiterals;

namespace {

struct Unit
{
    QLatin1StringView name;
    qint64 size;
};

// The largest first.
constexpr Unit sizeUnits[] = {
    {"GiB"_L1, 1024 * 1024 * 1024}, {"MiB"_L1, 1024 * 1024}, {"KiB"_L1, 1024}, {"B"_L1, 1}};
constexpr Unit timeUnits[] = {{"min"_L1, 60'000}, {"s"_L1, 1'000}, {"ms"_L1, 1}};

QString toText(qint64 quantity, std::span<const Unit> units)
{
    for (const Unit &unit : units) {
        if (quantity % unit.size == 0 && (quantity != 0 || unit.size == 1))
            return u"%1 %2"_s.arg(quantity / unit.size).arg(unit.name);
    }
    return {};
}

std::optional<qint64> fromText(const QString &text, std::span<const Unit> units,
                               QLatin1StringView usual)
{
    static const QRegularExpression form(
        u"\\A\\s*([0-9]{1,15}(?:\\.[0-9]{1,9})?)\\s*([A-Za-z]*)\\s*\\z"_s);
    const QRegularExpressionMatch match = form.match(text);
    if (!match.hasMatch())
        return {};
    const QString name = match.captured(2).isEmpty() ? QString(usual) : match.captured(2);
    for (const Unit &unit : units) {
        if (name.compare(unit.name, Qt::CaseInsensitive) != 0)
            continue;
        const double quantity = match.captured(1).toDouble() * static_cast<double>(unit.size);
        constexpr double largest = 1e15; // exact as a double
        if (quantity > largest || std::floor(quantity) != quantity)
            return {};
        return static_cast<qint64>(quantity);
    }
    return {};
}

} // namespace

QString Quantity::fromBytes(qint64 bytes)
{
    return toText(bytes, sizeUnits);
}

std::optional<qint64> Quantity::toBytes(const QString &text)
{
    return fromText(text, sizeUnits, "B"_L1);
}

QString Quantity::fromMilliseconds(qint64 milliseconds)
{
    return toText(milliseconds, std::span(timeUnits).subspan(1)); // "90 s", never minutes
}

std::optional<qint64> Quantity::toMilliseconds(const QString &text)
{
    return fromText(text, timeUnits, "s"_L1);
}
