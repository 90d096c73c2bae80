// SPDX-License-Identifier: MIT
#include "payloaddiff.h"

#include <QHash>

#include <algorithm>

namespace {

using Kind = JsonLines::Kind;

const JsonLines::Line &lineOf(const JsonLines &json, int line)
{
    return json.lines().at(line);
}

QByteArrayView keyOf(const JsonLines &json, int line)
{
    const JsonLines::Line &words = lineOf(json, line);
    return QByteArrayView(json.text()).sliced(words.keyAt, words.keySize);
}

QByteArrayView valueOf(const JsonLines &json, int line)
{
    const JsonLines::Line &words = lineOf(json, line);
    return QByteArrayView(json.text()).sliced(words.valueAt, words.valueSize);
}

bool isContainer(const JsonLines &json, int line)
{
    const Kind kind = lineOf(json, line).kind;
    return kind == Kind::Object || kind == Kind::Array;
}

/// The lines where the members of the object or array of \a line begin.
QList<int> membersOf(const JsonLines &json, int line)
{
    QList<int> members;
    for (int i = line + 1; i < lineOf(json, line).last; i = lineOf(json, i).last + 1)
        members.push_back(i);
    return members;
}

/// For each of \a members the index of the one in \a others that it is to be compared with, or -1.
QList<int> matches(const JsonLines &json, const QList<int> &members, const JsonLines &otherJson,
                   const QList<int> &others, Kind kind)
{
    QList<int> found(members.size(), -1);
    if (kind == Kind::Array) {
        for (qsizetype i = 0; i < std::min(members.size(), others.size()); ++i)
            found[i] = static_cast<int>(i);
        return found;
    }
    // A key may come more than once.
    QHash<QByteArrayView, QList<int>> indices;
    for (qsizetype i = others.size(); i > 0; --i)
        indices[keyOf(otherJson, others.at(i - 1))] += static_cast<int>(i - 1);
    for (qsizetype i = 0; i < members.size(); ++i) {
        const auto same = indices.find(keyOf(json, members.at(i)));
        if (same != indices.end() && !same->isEmpty())
            found[i] = same->takeLast();
    }
    return found;
}

bool isNull(const JsonLines &json, int line)
{
    return valueOf(json, line) == QByteArrayView("null");
}

bool sameType(const JsonLines &now, int line, const JsonLines &before, int formerLine)
{
    return lineOf(now, line).kind == lineOf(before, formerLine).kind || isNull(now, line)
        || isNull(before, formerLine);
}

/// Compares by recursion, which JsonLines::maxDepth bounds.
class Comparison
{
public:
    Comparison(const JsonLines &now, const JsonLines &before)
        : m_now(now)
        , m_before(before)
    {
    }

    void compare(int line, int formerLine);

    QList<PayloadDiff::Line> lines;
    int changeCount = 0;

private:
    void compareMembers(int line, int formerLine);
    void add(int line);
    void remove(int line);
    void addWhole(const JsonLines &json, int line, PayloadType::Change change);

    const JsonLines &m_now;
    const JsonLines &m_before;
};

void Comparison::compare(int line, int formerLine)
{
    const JsonLines::Line &now = lineOf(m_now, line);
    const JsonLines::Line &before = lineOf(m_before, formerLine);
    const auto place = static_cast<int>(lines.size());
    if (now.kind == before.kind && now.opens() && before.opens()) {
        lines.push_back({line, 0, -1, PayloadType::Same});
        compareMembers(line, formerLine);
        lines[place].last = static_cast<int>(lines.size());
        lines.push_back({now.last, static_cast<int>(lines.size()), -1, PayloadType::Same});
    } else if (now.kind == before.kind && valueOf(m_now, line) == valueOf(m_before, formerLine)
               && now.opens() == before.opens()) {
        lines.push_back({line, place, -1, PayloadType::Same});
    } else if (!isContainer(m_now, line) && !isContainer(m_before, formerLine)) {
        lines.push_back({line, place, formerLine, PayloadType::Changed});
        ++changeCount;
    } else {
        addWhole(m_before, formerLine, PayloadType::Removed);
        addWhole(m_now, line, PayloadType::Added);
        ++changeCount;
    }
}

void Comparison::compareMembers(int line, int formerLine)
{
    const QList<int> members = membersOf(m_now, line);
    const QList<int> formers = membersOf(m_before, formerLine);
    const QList<int> found = matches(m_now, members, m_before, formers, lineOf(m_now, line).kind);
    QList<bool> stayed(formers.size());
    for (const int former : found) {
        if (former >= 0)
            stayed[former] = true;
    }

    // What was removed is shown where it stood, and before what was added there.
    qsizetype next = 0;
    const auto removeUntil = [&](qsizetype end) {
        for (; next < end; ++next) {
            if (!stayed.at(next))
                remove(formers.at(next));
        }
    };
    for (qsizetype i = 0; i < members.size(); ++i) {
        if (found.at(i) < 0) {
            const qsizetype neighbour = stayed.indexOf(true, next);
            removeUntil(neighbour < 0 ? formers.size() : neighbour);
            add(members.at(i));
        } else {
            removeUntil(found.at(i));
            next = std::max<qsizetype>(next, found.at(i) + 1);
            compare(members.at(i), formers.at(found.at(i)));
        }
    }
    removeUntil(formers.size());
}

void Comparison::add(int line)
{
    addWhole(m_now, line, PayloadType::Added);
    ++changeCount;
}

void Comparison::remove(int line)
{
    addWhole(m_before, line, PayloadType::Removed);
    ++changeCount;
}

void Comparison::addWhole(const JsonLines &json, int line, PayloadType::Change change)
{
    const int offset = static_cast<int>(lines.size()) - line;
    for (int i = line; i <= lineOf(json, line).last; ++i)
        lines.push_back({i, lineOf(json, i).last + offset, -1, change});
}

} // namespace

bool PayloadDiff::sameShape(const JsonLines &now, const JsonLines &before)
{
    const auto canBeCompared = [](const JsonLines &json) {
        const auto kept = static_cast<int>(json.lines().size());
        return kept > 0 && kept <= maxLines && kept == json.lineCount();
    };
    if (!canBeCompared(now) || !canBeCompared(before) || !sameType(now, 0, before, 0))
        return false;
    if (!isContainer(now, 0) || !isContainer(before, 0))
        return true;

    const QList<int> members = membersOf(now, 0);
    const QList<int> formers = membersOf(before, 0);
    if (members.size() != formers.size())
        return false;
    const QList<int> found = matches(now, members, before, formers, lineOf(now, 0).kind);
    for (qsizetype i = 0; i < members.size(); ++i) {
        if (found.at(i) < 0 || !sameType(now, members.at(i), before, formers.at(found.at(i))))
            return false;
    }
    return true;
}

PayloadDiff::PayloadDiff(const JsonLines &now, const JsonLines &before)
{
    Comparison comparison(now, before);
    comparison.compare(0, 0);
    m_lines = std::move(comparison.lines);
    m_changeCount = comparison.changeCount;
}
