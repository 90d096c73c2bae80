// SPDX-License-Identifier: MIT
#include "jsonrows.h"

#include "textwrap.h"

#include <QCoreApplication>

#include <algorithm>

using namespace Qt::Literals::StringLiterals;

namespace {

constexpr int columnsPerStep = 2;
constexpr int columnsOfColon = 2; // with its blank
constexpr int columnsOfComma = 1;
/// A value that does not fit begins below its key rather than in less room than this.
constexpr int minValueColumns = 16;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(JsonRows)
};

quint32 beginOf(const JsonLines::Line &words)
{
    return words.keySize > 0 ? words.keyAt : words.valueAt;
}

} // namespace

JsonRows::JsonRows(const JsonLines &json, int columns)
    : m_json(json)
    , m_columns(columns)
{
    m_folded.resize(lineCount());
    layOut();
}

JsonRows::JsonRows(const JsonLines &json, const JsonLines &before, int columns)
    : m_json(json)
    , m_before(before)
    , m_diff(PayloadDiff(json, before))
    , m_columns(columns)
{
    m_folded.resize(lineCount());
    m_changesUntil.push_back(0);
    for (const Line &line : m_diff->lines()) {
        const bool differs = line.change != PayloadType::Same;
        m_changesUntil.push_back(m_changesUntil.back() + (differs ? 1 : 0));
    }
    layOut();
}

void JsonRows::setColumns(int columns)
{
    m_columns = columns;
    layOut();
}

PayloadRow JsonRows::row(int row) const
{
    const Row &piece = m_rows.at(row);
    const Line place = line(piece.line);
    const bool first = isFirst(piece);

    PayloadRow result;
    if (first && place.change != PayloadType::Removed)
        result.number = QString::number(place.line + 1);
    result.depth = steps(words(place).depth + (first ? 0 : 1));
    result.foldable = isFoldable(row);
    result.folded = isFolded(row);
    result.change = changeOf(piece.line);
    if (piece.from == piece.to) {
        result.spans += {former(place), PayloadType::Note};
        return result;
    }
    result.spans = source(place).spans(place.line, piece.from, piece.to);
    if (piece.to < words(place).valueEnd())
        return result;
    if (m_folded[piece.line])
        result.spans += foldedSpans(place);
    if (place.former >= 0 && !formerIsBelow(row))
        result.spans += {u"  "_s + former(place), PayloadType::Note};
    return result;
}

qsizetype JsonRows::offsetAt(int row) const
{
    // What was removed stands before what is there.
    for (int i = row; i < count(); ++i) {
        const Row &piece = m_rows[i];
        if (line(piece.line).change != PayloadType::Removed)
            return piece.from;
    }
    return 0;
}

int JsonRows::rowAt(qsizetype offset) const
{
    int found = 0;
    for (int i = 0; i < count(); ++i) {
        const Row &piece = m_rows[i];
        if (line(piece.line).change == PayloadType::Removed)
            continue;
        if (piece.from > offset)
            break;
        found = i;
    }
    return found;
}

int JsonRows::parentOf(int row) const
{
    const int child = m_rows.at(row).line;
    for (int i = row - 1; i >= 0; --i) {
        const Row &piece = m_rows[i];
        const bool holdsIt = piece.line < child && line(piece.line).last >= child;
        if (holdsIt && isFirst(piece))
            return i;
    }
    return -1;
}

bool JsonRows::isFoldable(int row) const
{
    const Row &piece = m_rows.at(row);
    return words(line(piece.line)).opens() && isFirst(piece);
}

bool JsonRows::isFolded(int row) const
{
    return isFoldable(row) && m_folded[m_rows.at(row).line];
}

JsonRows::Range JsonRows::rowsToFold(int row) const
{
    const int opening = m_rows.at(row).line;
    return {rowAfter(opening), rowAfter(line(opening).last)};
}

void JsonRows::fold(int row)
{
    const Range range = rowsToFold(row);
    m_folded[m_rows.at(row).line] = true;
    m_rows.remove(range.first, range.end - range.first);
}

JsonRows::Rows JsonRows::rowsToUnfold(int row) const
{
    const int opening = m_rows.at(row).line;
    Rows rows;
    appendLines(rows, opening + 1, std::min(line(opening).last + 1, lineCount()));
    return rows;
}

void JsonRows::unfold(int row, const Rows &rows)
{
    const int opening = m_rows.at(row).line;
    m_folded[opening] = false;
    const int at = rowAfter(opening);
    m_rows.insert(at, rows.size(), {});
    std::copy(rows.begin(), rows.end(), m_rows.begin() + at);
}

void JsonRows::layOut()
{
    m_rows.clear();
    appendLines(m_rows, 0, lineCount());
}

void JsonRows::appendLines(Rows &rows, int first, int end) const
{
    for (int i = first; i < end;) {
        appendRows(rows, i);
        i = m_folded[i] ? line(i).last + 1 : i + 1;
    }
}

void JsonRows::appendRows(Rows &rows, int index) const
{
    const Line place = line(index);
    const JsonLines::Line &word = words(place);
    const QByteArrayView text = source(place).text();
    const int roomBelow = m_columns - columnsPerStep * steps(word.depth + 1);
    int room = m_columns - columnsPerStep * steps(word.depth);
    quint32 from = beginOf(word);
    const auto end = [&](quint32 to) {
        rows.push_back({index, from, to});
        from = to;
        room = roomBelow;
    };

    if (word.keySize > 0) {
        TextWrap key = TextWrap::next(text, from, word.keyEnd(), room - columnsOfColon);
        while (key.end < word.keyEnd()) {
            end(static_cast<quint32>(key.end));
            key = TextWrap::next(text, from, word.keyEnd(), room - columnsOfColon);
        }
        room -= key.columns + columnsOfColon;
    }
    quint32 at = word.valueAt;
    TextWrap value = TextWrap::next(text, at, word.valueEnd(), room - columnsOfComma);
    if (value.end < word.valueEnd() && room < minValueColumns && from < at) {
        end(word.keyEnd());
        from = at;
        value = TextWrap::next(text, at, word.valueEnd(), room - columnsOfComma);
    }
    while (value.end < word.valueEnd()) {
        at = static_cast<quint32>(value.end);
        end(at);
        value = TextWrap::next(text, at, word.valueEnd(), room - columnsOfComma);
    }
    const int left = room - value.columns - columnsOfComma;
    end(word.valueEnd());
    if (place.former >= 0) {
        constexpr int blanks = 2;
        const QByteArray was = former(place).toUtf8();
        if (TextWrap::next(was, 0, was.size(), left - blanks).end < was.size())
            end(word.valueEnd());
    }
}

int JsonRows::lineCount() const
{
    return static_cast<int>(m_diff ? m_diff->lines().size() : m_json.lines().size());
}

JsonRows::Line JsonRows::line(int line) const
{
    const auto i = line;
    return m_diff ? m_diff->lines()[i] : Line{line, m_json.lines()[i].last};
}

const JsonLines &JsonRows::source(const Line &line) const
{
    return line.change == PayloadType::Removed ? m_before : m_json;
}

const JsonLines::Line &JsonRows::words(const Line &line) const
{
    return source(line).lines()[line.line];
}

/// Indentation for \a depth, which leaves at least half of the columns to the words.
int JsonRows::steps(int depth) const
{
    return std::min(depth, m_columns / (2 * columnsPerStep));
}

/// What the changed value of \a line was.
QString JsonRows::former(const Line &line) const
{
    const JsonLines::Line &words = m_before.lines()[line.former];
    const QByteArrayView value =
        QByteArrayView(m_before.text()).sliced(words.valueAt, words.valueSize);
    const QByteArrayView piece =
        value.first(TextWrap::next(value, 0, value.size(), formerColumns).end);
    const QString cut = piece.size() < value.size() ? u"…"_s : QString();
    return Words::tr("was %1").arg(TextWrap::shown(piece) + cut);
}

bool JsonRows::formerIsBelow(int row) const
{
    if (row + 1 == count())
        return false;
    const Row &next = m_rows[row + 1];
    return next.line == m_rows[row].line && next.from == next.to;
}

/// What stands for the members of a folded object or array, and its end.
QList<PayloadSpan> JsonRows::foldedSpans(const Line &line) const
{
    const JsonLines &json = source(line);
    const JsonLines::Line &opening = words(line);
    const int members = opening.members;
    const QString note = opening.kind == JsonLines::Kind::Object
        ? (members == 1 ? Words::tr("1 key") : Words::tr("%1 keys").arg(members))
        : (members == 1 ? Words::tr("1 item") : Words::tr("%1 items").arg(members));
    const bool comma = opening.last < json.lines().size() && json.lines().at(opening.last).comma;
    return {
        {u" %1 "_s.arg(note), PayloadType::Note},
        {json.closingBracket(line.line) + (comma ? u","_s : QString()), PayloadType::Punctuation}};
}

PayloadType::Change JsonRows::changeOf(int line) const
{
    const Line place = this->line(line);
    if (place.change != PayloadType::Same || !m_folded[line])
        return place.change;
    const bool changed = m_diff && m_changesUntil[place.last] > m_changesUntil[line];
    return changed ? PayloadType::Changed : PayloadType::Same;
}

bool JsonRows::isFirst(const Row &row) const
{
    return row.from == beginOf(words(line(row.line)));
}

/// The first row that shows a line after \a line.
int JsonRows::rowAfter(int line) const
{
    const auto next = std::partition_point(m_rows.begin(), m_rows.end(),
                                           [line](const Row &row) { return row.line <= line; });
    return static_cast<int>(next - m_rows.begin());
}
