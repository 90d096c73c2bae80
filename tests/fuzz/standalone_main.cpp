// SPDX-License-Identifier: MIT
// Instead of libFuzzer: runs an input, or a folder of them and mutations of each, the same ones
// every time.
#include "fuzzing.h"

#include <QDir>
#include <QFile>

#include <array>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

// The sanitizers', where the program is built with them.
extern "C" [[gnu::weak]] void __sanitizer_set_death_callback(void (*callback)());

namespace {

constexpr const char *failedInputFile = "fuzz-failed-input";
/// Of one input; some machines are slow, and a sanitizer makes them slower.
constexpr unsigned maxSeconds = 20;
constexpr std::uint32_t seed = 6455;

QByteArray current;

/// Whatever happens to the program.
void keepCurrentInput()
{
    const int file = open(failedInputFile, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const bool isKept = file != -1
        && write(file, current.constData(), std::size_t(current.size())) == current.size();
    const char *const sentence = isKept
        ? "The input is in fuzz-failed-input; give it to this program to see it again.\n"
        : "The input could not be kept.\n";
    if (write(STDERR_FILENO, sentence, std::strlen(sentence)) == -1)
        _exit(1);
}

void onSignal(int signal)
{
    if (signal == SIGALRM)
        std::fprintf(stderr, "\nwrong: an input takes %u seconds or more\n", maxSeconds);
    keepCurrentInput();
    _exit(1);
}

void run(const QByteArray &input)
{
    current = input;
    alarm(maxSeconds);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t *>(input.constData()),
                           std::size_t(input.size()));
    alarm(0);
}

QByteArray contentsOf(const QString &path)
{
    QFile file(path);
    expect(file.open(QIODevice::ReadOnly), "an input can be read", path.toUtf8());
    return file.readAll();
}

class Mutator
{
public:
    explicit Mutator(const QByteArrayList &corpus)
        : m_corpus(corpus)
    {
    }

    QByteArray mutated(QByteArray input)
    {
        for (qsizetype changes = below(4) + 1; changes > 0; --changes)
            change(input);
        return input;
    }

private:
    void change(QByteArray &input)
    {
        // Lengths, opcodes, and what HTTP is made of.
        static constexpr std::string_view telling(
            "\0\1\2\x7d\x7e\x7f\x80\x81\x88\x89\xfe\xff\r\n &=", 17);
        const qsizetype at = below(input.size() + 1);
        const qsizetype count = std::min(below(16) + 1, input.size() - at);
        switch (below(7)) {
        case 0:
            if (count > 0)
                input[at] = char(input.at(at) ^ (1 << below(8)));
            break;
        case 1:
            if (count > 0)
                input[at] = telling[std::size_t(below(telling.size()))];
            break;
        case 2:
            input.insert(at, char(below(256)));
            break;
        case 3:
            input.remove(at, count);
            break;
        case 4:
            input.insert(at, input.mid(at, count));
            break;
        case 5:
            input.truncate(at);
            break;
        case 6: {
            const QByteArray &other = m_corpus.at(below(m_corpus.size()));
            input = input.first(at) + other.mid(below(other.size() + 1));
            break;
        }
        }
    }

    qsizetype below(qsizetype limit) { return qsizetype(m_random() % std::uint32_t(limit)); }

    const QByteArrayList &m_corpus;
    std::mt19937 m_random{seed};
};

void runFolder(const QDir &folder, int mutations)
{
    const QStringList names = folder.entryList(QDir::Files, QDir::Name);
    expect(!names.isEmpty(), "the folder has inputs", folder.path().toUtf8());
    QByteArrayList corpus;
    for (const QString &name : names)
        corpus.append(contentsOf(folder.filePath(name)));
    for (const QByteArray &input : corpus)
        run(input);
    Mutator mutator(corpus);
    for (int i = 0; i < mutations; ++i)
        run(mutator.mutated(corpus.at(i % corpus.size())));
    std::printf("%lld inputs and %d mutations of them: all right\n", qlonglong(corpus.size()),
                mutations);
}

} // namespace

int main(int argc, char *argv[])
{
    LLVMFuzzerInitialize(&argc, &argv);
    if (argc != 2 && argc != 3) {
        std::fprintf(stderr, "usage: %s INPUT | FOLDER MUTATIONS\n", argv[0]);
        return 2;
    }
    for (const int signal : {SIGABRT, SIGALRM})
        std::signal(signal, onSignal);
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(keepCurrentInput);
    else
        std::signal(SIGSEGV, onSignal);
    if (argc == 2)
        run(contentsOf(QFile::decodeName(argv[1])));
    else
        runFolder(QDir(QFile::decodeName(argv[1])), QByteArray(argv[2]).toInt());
    return 0;
}
