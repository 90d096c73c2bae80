// SPDX-License-Identifier: MIT
#include "handshake.h"

#include "fail.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <cctype>
#include <random>
#include <span>

namespace {

std::string base64(std::span<const unsigned char> bytes)
{
    std::string result(4 * ((bytes.size() + 2) / 3), '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char *>(result.data()), bytes.data(),
                    static_cast<int>(bytes.size()));
    return result;
}

std::string toLower(std::string text)
{
    for (char &letter : text)
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return text;
}

/// The value of the header \a name, which is in lower case; empty when there is none.
std::string header(const std::string &head, const std::string &name)
{
    const std::size_t at = toLower(head).find("\r\n" + name + ":");
    if (at == std::string::npos)
        return {};
    const std::size_t begin = head.find_first_not_of(" \t", at + name.size() + 3);
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

} // namespace

std::string randomKey()
{
    static std::minstd_rand random;
    std::array<unsigned char, 16> nonce;
    for (unsigned char &byte : nonce)
        byte = static_cast<unsigned char>(random());
    return base64(nonce);
}

std::string acceptKey(const std::string &key)
{
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
    SHA1(reinterpret_cast<const unsigned char *>(text.data()), text.size(), digest.data());
    return base64(digest);
}

void checkAnswer(const std::string &answer, const std::string &key)
{
    if (!answer.starts_with("HTTP/1.1 101 "))
        fail("the server says: " + answer.substr(0, answer.find("\r\n")));
    if (toLower(header(answer, "upgrade")) != "websocket")
        fail("the server does not upgrade to websocket");
    if (header(answer, "sec-websocket-accept") != acceptKey(key))
        fail("the server's Sec-WebSocket-Accept is wrong");
    if (!header(answer, "sec-websocket-extensions").empty())
        fail("the server uses an extension that it was not offered");
}
