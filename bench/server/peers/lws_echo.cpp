// SPDX-License-Identifier: MIT
// libwebsockets, on libev's event loop: its own one asks about every connection each time.
#include <libwebsockets.h>

#include <cstdio>
#include <cstring>
#include <deque>
#include <new>
#include <utility>
#include <vector>

namespace {

struct Reply
{
    std::vector<unsigned char> bytes = std::vector<unsigned char>(LWS_PRE); // room for a header
    lws_write_protocol type = LWS_WRITE_TEXT;
};

struct Session
{
    Reply incomplete;
    std::deque<Reply> complete;
};

int echo(lws *connection, lws_callback_reasons reason, void *user, void *data, std::size_t size)
{
    auto *session = static_cast<Session *>(user);
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        new (session) Session;
        break;
    case LWS_CALLBACK_CLOSED:
        session->~Session();
        break;
    case LWS_CALLBACK_RECEIVE: {
        const auto *bytes = static_cast<const unsigned char *>(data);
        session->incomplete.bytes.insert(session->incomplete.bytes.end(), bytes, bytes + size);
        if (!lws_is_final_fragment(connection))
            break;
        session->incomplete.type =
            lws_frame_is_binary(connection) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
        session->complete.push_back(std::exchange(session->incomplete, {}));
        lws_callback_on_writable(connection);
        break;
    }
    case LWS_CALLBACK_SERVER_WRITEABLE: {
        if (session->complete.empty())
            break;
        Reply &reply = session->complete.front();
        if (lws_write(connection, reply.bytes.data() + LWS_PRE, reply.bytes.size() - LWS_PRE,
                      reply.type)
            < 0)
            return -1;
        session->complete.pop_front();
        if (!session->complete.empty())
            lws_callback_on_writable(connection);
        break;
    }
    default:
        break;
    }
    return 0;
}

} // namespace

int main()
{
    constexpr std::size_t readSize = 64 * 1024;
    const lws_protocols protocols[] = {
        {"echo", echo, sizeof(Session), readSize, 0, nullptr, 0},
        {},
    };
    lws_context_creation_info info = {};
    info.port = 0;
    info.iface = "127.0.0.1";
    info.protocols = protocols;
    info.pt_serv_buf_size = readSize;
    info.options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_VALIDATE_UTF8;
    lws_set_log_level(LLL_ERR, nullptr);
    lws_context *context = lws_create_context(&info);
    if (!context)
        return 1;
    std::printf("listening on port %d: libwebsockets %d.%d.%d\n",
                lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")),
                LWS_LIBRARY_VERSION_MAJOR, LWS_LIBRARY_VERSION_MINOR, LWS_LIBRARY_VERSION_PATCH);
    std::fflush(stdout);
    while (lws_service(context, 0) >= 0) { }
    lws_context_destroy(context);
}
