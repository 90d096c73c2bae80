// SPDX-License-Identifier: MIT
#include "framereader.h"

#include <QtEndian>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

using namespace Qt::Literals::StringLiterals;

namespace {

// RFC 6455 5.2.
constexpr quint8 finalBit = 0x80;
constexpr quint8 reservedBits = 0x70;
constexpr quint8 opcodeBits = 0x0f;
constexpr quint8 maskBit = 0x80;
constexpr quint8 lengthBits = 0x7f;
constexpr quint8 lengthIn16Bits = 126;
constexpr quint8 lengthIn64Bits = 127;

/// RFC 6455 5.5.
constexpr quint8 maxControlSize = 125;
constexpr qsizetype closeCodeSize = 2;

// RFC 6455 7.4.1.
constexpr quint16 protocolError = 1002;
constexpr quint16 invalidPayload = 1007;
constexpr quint16 policyViolation = 1008;
constexpr quint16 messageTooBig = 1009;

bool isReservedOpcode(quint8 opcode)
{
    return (opcode > quint8(Opcode::Binary) && opcode < quint8(Opcode::Close))
        || opcode > quint8(Opcode::Pong);
}

/// RFC 6455 7.4, and 1012 to 1014 from IANA's registry. 1004 to 1006 and 1015 are never sent.
bool mayBeSent(quint16 closeCode)
{
    return (closeCode >= 1000 && closeCode <= 1003) || (closeCode >= 1007 && closeCode <= 1014)
        || (closeCode >= 3000 && closeCode <= 4999);
}

/*!
    Copies \a masked, which begins at \a offset of a frame's payload, to \a destination and unmasks
    it there, eight bytes at a time (RFC 6455 5.3).
*/
void unmask(QByteArrayView masked, quint32 maskingKey, quint64 offset, char *destination)
{
    const quint32 key = std::rotr(maskingKey, int(offset % sizeof maskingKey) * 8);
    const quint64 keyWord = qToLittleEndian(quint64(key) << 32 | key);
    // Counted, so that the compiler takes several words at once.
    const std::size_t size = std::size_t(masked.size());
    const std::size_t wordsEnd = size - size % sizeof keyWord;
    for (std::size_t i = 0; i < wordsEnd; i += sizeof keyWord) {
        quint64 word;
        std::memcpy(&word, masked.data() + i, sizeof word);
        word ^= keyWord;
        std::memcpy(destination + i, &word, sizeof word);
    }
    for (std::size_t i = wordsEnd; i < size; ++i)
        destination[i] = char(quint8(masked.data()[i]) ^ quint8(key >> (i % sizeof key * 8)));
}

} // namespace

FrameReader::FrameReader(SpareBuffer &spare, qint64 maxMessageSize, int maxFragments)
    : m_spare(spare)
    , m_maxMessageSize(maxMessageSize)
    , m_maxFragments(maxFragments)
{
}

const FrameReader::Message *FrameReader::next()
{
    if (m_ready)
        clear((this->*m_ready).payload);
    m_ready = nullptr;
    while (!m_ready && !m_input.isEmpty() && !m_isEnded) {
        if (m_isInPayload) {
            const QByteArrayView part = m_input.first(qMin(m_input.size(), m_missing));
            m_input = m_input.sliced(part.size());
            readPayload(part);
        } else {
            readHeader();
        }
    }
    if (!m_ready) { // nothing is kept for a peer that is silent
        giveBack(m_data.payload);
        giveBack(m_control.payload);
    }
    return m_ready ? &(this->*m_ready) : nullptr;
}

/// Keeps its memory for the next one, where it is worth keeping.
void FrameReader::clear(QByteArray &payload)
{
    if (SpareBuffer::isWorthKeeping(payload))
        payload.resize(0);
    else
        payload.clear();
}

void FrameReader::giveBack(QByteArray &payload)
{
    if (payload.isEmpty() && payload.capacity() > 0)
        m_spare.giveBack(std::exchange(payload, {}));
}

/*!
    Makes room for \a count bytes at the end of \a payload, which will have \a maxSize at most. Of
    memory of its own that is twice as much as needed, so that many small pieces are copied a few
    times only, but no more than maxSize.
*/
char *FrameReader::extend(QByteArray &payload, qsizetype count, qsizetype maxSize)
{
    const qsizetype oldSize = payload.size();
    const qsizetype newSize = oldSize + count;
    if (newSize < maxSize) // it may stay incomplete for long, and borrows nothing
        giveBack(payload);
    else if (payload.capacity() == 0)
        payload = m_spare.take();
    if (newSize > payload.capacity())
        payload.reserve(qMin(2 * newSize, maxSize));
    payload.resize(newSize);
    return payload.data() + oldSize;
}

bool FrameReader::isFinal() const
{
    return m_header[0] & finalBit;
}

bool FrameReader::isControl() const
{
    return m_opcode >= Opcode::Close;
}

/// Where the length ends in the header, and the masking key begins.
std::size_t FrameReader::lengthEnd() const
{
    switch (m_header[1] & lengthBits) {
    case lengthIn16Bits:
        return fixedHeaderSize + sizeof(quint16);
    case lengthIn64Bits:
        return fixedHeaderSize + sizeof(quint64);
    default:
        return fixedHeaderSize;
    }
}

/// Takes what is there of the header. Each part is checked as soon as it is there, so that the
/// verdict is the same however the input is cut.
void FrameReader::readHeader()
{
    // Some of what is behind the header, too: where that ends is said by its second byte.
    const std::size_t before = m_headerSize;
    const auto count = qMin(qsizetype(maxHeaderSize - before), m_input.size());
    std::memcpy(&m_header[before], m_input.data(), std::size_t(count));
    m_headerSize += std::size_t(count);
    if (m_headerSize >= fixedHeaderSize)
        m_headerSize = qMin(m_headerSize, lengthEnd() + maskingKeySize);
    m_input = m_input.sliced(qsizetype(m_headerSize - before));

    if (before < 1)
        checkFirstByte();
    if (m_isEnded || m_headerSize < fixedHeaderSize)
        return;
    if (before < fixedHeaderSize)
        checkSecondByte();
    if (m_isEnded || m_headerSize < lengthEnd())
        return;
    if (before < lengthEnd())
        readLength();
    if (!m_isEnded && m_headerSize == lengthEnd() + maskingKeySize)
        startPayload();
}

void FrameReader::checkFirstByte()
{
    const quint8 opcode = m_header[0] & opcodeBits;
    if (m_header[0] & reservedBits)
        return fail(protocolError, u"Reserved bits are set, but no extension is in use."_s);
    if (isReservedOpcode(opcode))
        return fail(protocolError, u"Opcode %1 is reserved."_s.arg(opcode));
    m_opcode = Opcode(opcode);
    if (isControl()) {
        if (!isFinal())
            fail(protocolError, u"A control frame is fragmented."_s);
    } else if (m_opcode == Opcode::Continuation && m_fragmentCount == 0) {
        fail(protocolError, u"A continuation frame continues no message."_s);
    } else if (m_opcode != Opcode::Continuation && m_fragmentCount > 0) {
        fail(protocolError, u"A new message begins inside a fragmented one."_s);
    }
}

void FrameReader::checkSecondByte()
{
    if (!(m_header[1] & maskBit))
        fail(protocolError, u"A frame from a client is not masked."_s); // RFC 6455 5.1
    else if (isControl() && (m_header[1] & lengthBits) > maxControlSize)
        fail(protocolError, u"A control frame is larger than %1 bytes."_s.arg(maxControlSize));
}

/// The length is known: checks it against the limits before anything is kept for it.
void FrameReader::readLength()
{
    quint64 length = m_header[1] & lengthBits;
    quint64 smallest = 0;
    if (length == lengthIn16Bits) {
        length = qFromBigEndian<quint16>(&m_header[2]);
        smallest = lengthIn16Bits;
    } else if (length == lengthIn64Bits) {
        length = qFromBigEndian<quint64>(&m_header[2]);
        smallest = quint64(1) << 16;
    }
    if (length < smallest)
        return fail(protocolError, u"The length of a frame is not in its shortest form."_s);
    if (length >> 63)
        return fail(protocolError, u"The highest bit of the length of a frame is set."_s);
    if (!isControl()) {
        if (m_fragmentCount == m_maxFragments)
            return fail(policyViolation,
                        u"A message has more than %1 fragments."_s.arg(m_maxFragments));
        if (length > quint64(m_maxMessageSize - m_data.payload.size()))
            return fail(messageTooBig,
                        u"A message is larger than %1 bytes."_s.arg(m_maxMessageSize));
        ++m_fragmentCount;
        if (m_opcode != Opcode::Continuation)
            m_data.opcode = m_opcode;
    }
    m_missing = qsizetype(length);
}

void FrameReader::startPayload()
{
    m_maskingKey = qFromLittleEndian<quint32>(&m_header[lengthEnd()]);
    m_isInPayload = true;
    m_payloadOffset = 0;
    if (m_missing == 0)
        finishFrame();
}

void FrameReader::readPayload(QByteArrayView masked)
{
    QByteArray &payload = isControl() ? m_control.payload : m_data.payload;
    // Only the last frame says how large the message is.
    const qsizetype maxSize = isFinal() ? payload.size() + m_missing : qsizetype(m_maxMessageSize);
    char *const unmasked = extend(payload, masked.size(), maxSize);
    unmask(masked, m_maskingKey, m_payloadOffset, unmasked);
    m_payloadOffset += quint64(masked.size());
    m_missing -= masked.size();

    const bool isText = !isControl() && m_data.opcode == Opcode::Text;
    if (isText && !m_utf8.feed(QByteArrayView(unmasked, masked.size())))
        fail(invalidPayload, u"A text is not UTF-8."_s);
    else if (m_missing == 0)
        finishFrame();
}

void FrameReader::finishFrame()
{
    m_headerSize = 0;
    m_isInPayload = false;
    if (isControl())
        finishControl();
    else if (isFinal())
        finishMessage();
}

void FrameReader::finishMessage()
{
    if (!m_utf8.isComplete())
        return fail(invalidPayload, u"A text ends inside a character."_s);
    m_fragmentCount = 0;
    m_ready = &FrameReader::m_data;
}

void FrameReader::finishControl()
{
    m_control.opcode = m_opcode;
    if (m_opcode == Opcode::Close)
        finishClose();
    else
        m_ready = &FrameReader::m_control;
}

/// RFC 6455 5.5.1: nothing, or a code and a reason.
void FrameReader::finishClose()
{
    const QByteArrayView body = m_control.payload;
    if (!body.isEmpty()) {
        if (body.size() < closeCodeSize)
            return fail(protocolError, u"A Close frame has half a close code."_s);
        const quint16 closeCode = qFromBigEndian<quint16>(body.data());
        if (!mayBeSent(closeCode))
            return fail(protocolError, u"Close code %1 must not be sent."_s.arg(closeCode));
        Utf8Validator reason;
        if (!reason.feed(body.sliced(closeCodeSize)) || !reason.isComplete())
            return fail(invalidPayload, u"The reason of a Close frame is not UTF-8."_s);
    }
    m_ready = &FrameReader::m_control;
    end();
}

void FrameReader::fail(quint16 closeCode, const QString &reason)
{
    m_violation = Violation{closeCode, reason};
    end();
}

/// Forgets what is not complete, for it will never be.
void FrameReader::end()
{
    m_isEnded = true;
    m_headerSize = 0;
    m_fragmentCount = 0;
    m_data.payload.clear();
    if (m_ready != &FrameReader::m_control)
        m_control.payload.clear();
}
