"""The connection itself."""

import asyncio

from firmware.link.sockets import open_socket
from tests.portable.bench import error_of, play, until
from tests.portable.far_broker import FarBroker


class DeafServer(FarBroker):
    """Accepts and never reads."""

    async def _serve(self, reader, writer):
        self._writer = writer


def test_who_never_reads_is_cut_off_and_the_memory_stays_bounded():
    async def story():
        server = await DeafServer().open()
        socket = await open_socket("127.0.0.1", server.port, None, None)
        for _ in range(3000):
            socket.write(bytes(4096))
            if socket.reason:
                break
            await asyncio.sleep(0)
        assert socket.reason == "the other side does not read"
        assert await socket.closed(1)
        socket.write(b"nobody gets this")
        await socket.release()
        await server.close()

    play(story)


def test_the_end_is_noticed_and_has_a_reason():
    async def story():
        server = await DeafServer().open()
        socket = await open_socket("127.0.0.1", server.port, None, None)
        assert not await socket.closed(0.01)
        await until(lambda: server._writer, "connection")
        await server.cut()
        assert await socket.closed(2)
        assert socket.reason == "closed by the other side"
        await socket.release()
        await server.close()

    play(story)


def test_a_closed_port_is_an_oserror_now_or_the_end_of_the_connection():
    async def story():
        server = await FarBroker().open()
        await server.close()
        socket = await open_socket("127.0.0.1", server.port, None, None)
        socket.write(b"hello?")
        closed = await socket.closed(2)
        await socket.release()
        raise OSError(socket.reason if closed else "")  # MicroPython connects while it goes on

    assert str(error_of(OSError, play, story))
