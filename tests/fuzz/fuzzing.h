// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

// What libFuzzer, or standalone_main.cpp, calls: once, and once for each input.
extern "C" int LLVMFuzzerInitialize(int *argc, char ***argv);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

/// Ends the program, as a sanitizer's report does, unless \a isRight; \a sentence says what should
/// have been, \a detail what was.
inline void expect(bool isRight, const char *sentence, const QByteArray &detail = {})
{
    if (isRight)
        return;
    std::fprintf(stderr, "\nwrong: %s\n%s\n", sentence, detail.constData());
    std::abort();
}

/// An input: a few bytes that say how, then what is read so.
class Input
{
public:
    Input(const std::uint8_t *data, std::size_t size)
        : m_rest(reinterpret_cast<const char *>(data), qsizetype(size))
    {
    }

    /// The next byte; 0 at the end.
    std::uint8_t byte() { return m_rest.isEmpty() ? 0 : std::uint8_t(take(1).front()); }
    /// What is left of this line, without its end, which is taken too.
    QByteArrayView line()
    {
        const qsizetype end = m_rest.indexOf('\n');
        const QByteArrayView result = take(end == -1 ? m_rest.size() : end);
        byte();
        return result;
    }
    QByteArrayView rest() { return take(m_rest.size()); }

private:
    QByteArrayView take(qsizetype count)
    {
        const QByteArrayView taken = m_rest.first(count);
        m_rest = m_rest.sliced(count);
        return taken;
    }

    QByteArrayView m_rest;
};

/// How a stream is cut: 0 not at all, 1 to 127 into pieces of as many bytes, beyond that at random,
/// and for each number the same.
class Cuts
{
public:
    explicit Cuts(std::uint8_t how)
        : m_how(how)
        , m_random(how)
    {
    }

    /// The first piece of \a stream, which loses it.
    QByteArrayView next(QByteArrayView &stream)
    {
        const qsizetype wanted = m_how == 0 ? stream.size()
            : m_how < 128                   ? m_how
                                            : qsizetype(1 + m_random() % 300);
        const QByteArrayView piece = stream.first(std::min(wanted, stream.size()));
        stream = stream.sliced(piece.size());
        return piece;
    }

private:
    std::uint8_t m_how;
    std::minstd_rand m_random;
};
