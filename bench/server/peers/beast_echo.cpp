// SPDX-License-Identifier: MIT
// Boost.Beast: asynchronous, one thread.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/version.hpp>
#include <boost/beast/websocket.hpp>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using Error = beast::error_code;
// Named, so that nothing is called through a type that could be any executor.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

/// Owned by the operation that is on.
class Session : public std::enable_shared_from_this<Session>
{
public:
    explicit Session(Socket socket)
        : m_stream(std::move(socket))
    {
        m_stream.next_layer().set_option(tcp::no_delay(true));
        m_stream.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
        m_stream.auto_fragment(false);
    }

    void start()
    {
        m_stream.async_accept([self = shared_from_this()](Error error) {
            if (!error)
                self->read();
        });
    }

private:
    void read()
    {
        m_stream.async_read(m_buffer, [self = shared_from_this()](Error error, std::size_t) {
            if (!error)
                self->write();
        });
    }

    void write()
    {
        m_stream.text(m_stream.got_text());
        m_stream.async_write(m_buffer.data(),
                             [self = shared_from_this()](Error error, std::size_t) {
                                 if (error)
                                     return;
                                 self->m_buffer.clear();
                                 self->read();
                             });
    }

    websocket::stream<Socket> m_stream;
    beast::flat_buffer m_buffer;
};

void accept(Acceptor &acceptor)
{
    acceptor.async_accept([&acceptor](Error error, Socket socket) {
        if (!error)
            std::make_shared<Session>(std::move(socket))->start();
        accept(acceptor);
    });
}

int main()
{
    asio::io_context context(1);
    Acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    std::cout << "listening on port " << acceptor.local_endpoint().port() << ": Boost.Beast "
              << BOOST_BEAST_VERSION << ", Boost " << BOOST_VERSION / 100'000 << '.'
              << BOOST_VERSION / 100 % 1000 << std::endl;
    accept(acceptor);
    context.run();
}
