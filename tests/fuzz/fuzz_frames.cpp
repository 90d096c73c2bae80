// SPDX-License-Identifier: MIT
// FrameReader: however its input is cut, it finds what the reference finds, in bounded memory.
// An input is: the message limit less 125, the limit of fragments less 1, a
// cut, and what a client sends.
#include "framereader.h"
#include "fuzzing.h"
#include "reference.h"

namespace {

struct Settings
{
    qint64 maxMessageSize;
    int maxFragments;
};

QByteArray described(const Reference::Reading &reading)
{
    QByteArray text;
    for (const auto &message : reading.messages)
        text += QByteArray::number(message.opcode) + " [" + message.payload.toHex(' ') + "] ";
    return text + QByteArray::number(reading.closeCode)
        + (reading.endsInsideMessage ? " inside a message" : "");
}

void takeMessages(FrameReader &reader, Reference::Reading &reading)
{
    while (const FrameReader::Message *message = reader.next()) {
        // Every other one is taken with its memory; that of the rest is used again.
        const bool isShared = reading.messages.size() % 2 == 0;
        const QByteArrayView bytes = message->payload;
        reading.messages.append(
            {int(message->opcode), isShared ? message->payload : bytes.toByteArray()});
    }
}

Reference::Reading read(QByteArrayView stream, const Settings &settings, Cuts cuts)
{
    SpareBuffer spare;
    FrameReader reader(spare, settings.maxMessageSize, settings.maxFragments);
    Reference::Reading reading;
    qsizetype fed = 0;
    while (!stream.isEmpty()) {
        const QByteArrayView piece = cuts.next(stream);
        reader.feed(piece);
        takeMessages(reader, reading);
        fed += piece.size();
        // Twice what came, as a buffer that grows has; the rest is what an allocator rounds up.
        expect(reader.capacity() <= 2 * fed + 64, "what is only announced costs no memory",
               QByteArray::number(reader.capacity()) + " bytes for " + QByteArray::number(fed));
    }
    reading.endsInsideMessage = reader.isInsideMessage();
    if (reader.violation()) {
        reading.closeCode = reader.violation()->closeCode;
        const QString &reason = reader.violation()->reason;
        expect(!reason.isEmpty() && reason.toUtf8().size() <= 123,
               "the reason of a violation fits into a Close frame", reason.toUtf8());
    }
    return reading;
}

} // namespace

int LLVMFuzzerInitialize(int *, char ***)
{
    return 0;
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Input input(data, size);
    const Settings settings = {125 + input.byte(), 1 + input.byte()};
    const std::uint8_t cut = input.byte();
    const QByteArrayView stream = input.rest();

    const Reference::Reading right =
        Reference::readClient(stream, quint64(settings.maxMessageSize), settings.maxFragments);
    for (const std::uint8_t how : {std::uint8_t(0), std::uint8_t(1), cut}) {
        const Reference::Reading reading = read(stream, settings, Cuts(how));
        expect(reading.messages == right.messages && reading.closeCode == right.closeCode
                   && reading.endsInsideMessage == right.endsInsideMessage,
               "the reader finds what the reference finds",
               "cut " + QByteArray::number(how) + ": " + described(reading)
                   + "\nreference: " + described(right));
    }
    return 0;
}
