// SPDX-License-Identifier: MIT
#include "payloadlines.h"

#include <QLocale>
#include <QVariantMap>

#include <algorithm>
#include <array>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int gapColumns = 2;

int digitsOf(qsizetype number)
{
    return static_cast<int>(QString::number(number).size());
}

/// How many columns the numbers of lines, or the offsets, take, with the gap after them.
int numberColumnsOf(const HexDump &hex)
{
    return static_cast<int>(hex.offset(std::max<qsizetype>(1, hex.lineCount()) - 1).size())
        + gapColumns;
}

int numberColumnsOf(const JsonLines &json)
{
    return digitsOf(json.lines().size()) + gapColumns;
}

int numberColumnsOf(const TextRows &text)
{
    return digitsOf(text.lineCount()) + gapColumns;
}

TextRows textRows(const QByteArray &text, int columns)
{
    const qsizetype lines = text.count('\n') + 1;
    return TextRows(text, columns - digitsOf(lines) - gapColumns);
}

HexDump hexDump(const QByteArray &bytes, int columns)
{
    constexpr int fewestBytes = 4;
    const int room = columns - numberColumnsOf(HexDump(bytes));
    int count = HexDump::defaultBytesPerLine;
    while (count > fewestBytes && HexDump::hexColumns(count) + gapColumns + count > room)
        count /= 2;
    return HexDump(bytes, count);
}

/// Whether \a text can be an object or an array, by its first letter.
bool mayBeContainer(QByteArrayView text)
{
    const auto first = std::find_if(text.begin(), text.end(), [](char c) {
        return c != ' ' && c != '\t' && c != '\r' && c != '\n';
    });
    return first != text.end() && (*first == '{' || *first == '[');
}

QVariantList toVariants(const QList<PayloadSpan> &spans)
{
    QVariantList list;
    for (const PayloadSpan &span : spans)
        list += QVariantMap{{u"text"_s, span.text}, {u"kind"_s, span.kind}};
    return list;
}

} // namespace

PayloadLines::PayloadLines(QObject *parent)
    : QAbstractListModel(parent)
    , m_rows(TextRows({}, defaultColumns))
{
}

void PayloadLines::setPayload(const QByteArray &payload)
{
    if (m_payload == payload)
        return;
    m_payload = payload;
    m_json.reset();
    rebuild();
    Q_EMIT payloadChanged();
}

void PayloadLines::setBinary(bool binary)
{
    if (m_isBinary == binary)
        return;
    m_isBinary = binary;
    rebuild();
    Q_EMIT isBinaryChanged();
}

void PayloadLines::setPrevious(const QByteArray &previous)
{
    if (m_previous == previous)
        return;
    m_previous = previous;
    m_previousJson.reset();
    rebuild();
    Q_EMIT previousChanged();
}

void PayloadLines::setMode(Mode mode)
{
    if (m_mode == mode)
        return;
    m_mode = mode;
    rebuild();
    Q_EMIT modeChanged();
}

PayloadLines::Mode PayloadLines::shownMode() const
{
    constexpr std::array modes{Hex, Text, Json};
    return modes.at(m_rows.index());
}

void PayloadLines::setColumns(int columns)
{
    columns = std::clamp(columns, minColumns, maxColumns);
    if (m_columns == columns)
        return;
    m_columns = columns;
    if (auto *rows = std::get_if<JsonRows>(&m_rows))
        resetRows([&] { rows->setColumns(columns - numberColumnsOf(rows->json())); });
    else
        rebuild();
    Q_EMIT columnsChanged();
}

int PayloadLines::numberColumns() const
{
    if (const auto *hex = std::get_if<HexDump>(&m_rows))
        return numberColumnsOf(*hex);
    if (const auto *text = std::get_if<TextRows>(&m_rows))
        return numberColumnsOf(*text);
    return numberColumnsOf(jsonRows()->json());
}

void PayloadLines::setComparing(bool comparing)
{
    if (m_comparing == comparing)
        return;
    m_comparing = comparing;
    rebuild();
    Q_EMIT comparingChanged();
}

int PayloadLines::changeCount() const
{
    return jsonRows() ? jsonRows()->changeCount() : 0;
}

int PayloadLines::count() const
{
    if (const auto *hex = std::get_if<HexDump>(&m_rows))
        return static_cast<int>(hex->lineCount());
    if (const auto *text = std::get_if<TextRows>(&m_rows))
        return text->count();
    return std::get<JsonRows>(m_rows).count();
}

QString PayloadLines::problem() const
{
    if (m_payload.isEmpty())
        return tr("The message is empty.");
    if (isTooLong() && m_mode != Hex)
        return tr("A message of more than 2 GiB is shown as bytes only.");

    const QLocale locale;
    const auto cut = [&](qsizetype shown, qsizetype all) {
        return tr("The first %1 of %2 lines are shown; save it to see all.")
            .arg(locale.toString(shown), locale.toString(all));
    };
    QStringList sentences;
    if (m_mode == Json && m_json && m_json->problem()) {
        const JsonLines::Problem &why = *m_json->problem();
        sentences += tr("Not JSON: in line %1, column %2, %3. It is shown as text.")
                         .arg(locale.toString(why.line), locale.toString(why.column), why.reason);
    }
    if (jsonRows() && jsonRows()->json().lines().size() < jsonRows()->json().lineCount())
        sentences += cut(jsonRows()->json().lines().size(), jsonRows()->json().lineCount());
    if (const auto *text = std::get_if<TextRows>(&m_rows); text && text->isCut())
        sentences += cut(text->shownLineCount(), text->lineCount());
    return sentences.join(u' ');
}

void PayloadLines::toggleFold(int row)
{
    if (!isFoldable(row))
        return;
    JsonRows &rows = std::get<JsonRows>(m_rows);
    const JsonRows::Range folded = rows.rowsToFold(row);
    if (rows.isFolded(row)) {
        const JsonRows::Rows hidden = rows.rowsToUnfold(row);
        beginInsertRows({}, folded.first, folded.first + static_cast<int>(hidden.size()) - 1);
        rows.unfold(row, hidden);
        endInsertRows();
    } else {
        beginRemoveRows({}, folded.first, folded.end - 1);
        rows.fold(row);
        endRemoveRows();
    }
    Q_EMIT dataChanged(index(row), index(folded.first - 1));
    Q_EMIT countChanged();
}

bool PayloadLines::isFoldable(int row) const
{
    return jsonRows() && isRow(row) && jsonRows()->isFoldable(row);
}

bool PayloadLines::isFolded(int row) const
{
    return jsonRows() && isRow(row) && jsonRows()->isFolded(row);
}

int PayloadLines::parentOf(int row) const
{
    return jsonRows() && isRow(row) ? jsonRows()->parentOf(row) : -1;
}

qint64 PayloadLines::offsetAt(int row) const
{
    if (!isRow(row))
        return 0;
    if (const auto *hex = std::get_if<HexDump>(&m_rows))
        return static_cast<qint64>(row) * hex->bytesPerLine();
    if (const auto *text = std::get_if<TextRows>(&m_rows))
        return text->offsetAt(row);
    return jsonRows()->offsetAt(row);
}

int PayloadLines::rowAt(qint64 offset) const
{
    if (const auto *hex = std::get_if<HexDump>(&m_rows))
        return static_cast<int>(offset / hex->bytesPerLine());
    if (const auto *text = std::get_if<TextRows>(&m_rows))
        return text->rowAt(offset);
    return jsonRows()->rowAt(offset);
}

int PayloadLines::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant PayloadLines::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const PayloadRow row = this->row(index.row());
    switch (role) {
    case NumberRole:
        return row.number;
    case DepthRole:
        return row.depth;
    case SpansRole:
        return toVariants(row.spans);
    case TextRole:
        return row.text();
    case FoldableRole:
        return row.foldable;
    case FoldedRole:
        return row.folded;
    case ChangeRole:
        return row.change;
    default:
        return {};
    }
}

QHash<int, QByteArray> PayloadLines::roleNames() const
{
    return {
        {NumberRole, "number"_ba}, {DepthRole, "depth"_ba},       {SpansRole, "spans"_ba},
        {TextRole, "text"_ba},     {FoldableRole, "foldable"_ba}, {FoldedRole, "folded"_ba},
        {ChangeRole, "change"_ba},
    };
}

void PayloadLines::componentComplete()
{
    m_complete = true;
    rebuild();
}

void PayloadLines::rebuild()
{
    if (m_complete)
        resetRows([this] { m_rows = makeRows(); });
}

void PayloadLines::resetRows(const std::function<void()> &change)
{
    const int before = count();
    beginResetModel();
    change();
    endResetModel();
    Q_EMIT rowsChanged();
    if (count() != before)
        Q_EMIT countChanged();
}

PayloadLines::Rows PayloadLines::makeRows()
{
    const bool asHex = m_mode == Hex || (m_mode == Auto && m_isBinary) || isTooLong();
    const bool asJson = !asHex && isShownAsJson();
    m_comparable = asJson && !m_previous.isEmpty() && m_previous.size() <= maxBytes
        && PayloadDiff::sameShape(json(), previousJson());
    if (asHex)
        return hexDump(m_payload, m_columns);
    if (!asJson)
        return textRows(m_payload, m_columns);
    const int columns = m_columns - numberColumnsOf(json());
    return m_comparable && m_comparing ? JsonRows(json(), previousJson(), columns)
                                       : JsonRows(json(), columns);
}

bool PayloadLines::isShownAsJson()
{
    return (m_mode == Json || (m_mode == Auto && mayBeContainer(m_payload))) && !json().problem();
}

const JsonLines &PayloadLines::json()
{
    if (!m_json)
        m_json = JsonLines(m_payload);
    return *m_json;
}

const JsonLines &PayloadLines::previousJson()
{
    if (!m_previousJson)
        m_previousJson = JsonLines(m_previous);
    return *m_previousJson;
}

PayloadRow PayloadLines::row(int row) const
{
    if (const auto *text = std::get_if<TextRows>(&m_rows))
        return text->row(row);
    if (jsonRows())
        return jsonRows()->row(row);
    const auto &hex = std::get<HexDump>(m_rows);
    PayloadRow line;
    line.number = hex.offset(row);
    line.spans = {{hex.hex(row), PayloadType::Plain},
                  {u"  "_s + hex.ascii(row), PayloadType::String}};
    return line;
}
