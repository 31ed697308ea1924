"""Many virtual boards at once, each with its own flash, port and network cable."""

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from simulators.boards import VirtualBoard
from tests.boards.bench_hands import ON_BENCH, at_prompt, mpremote, put, run_main

pytestmark = ON_BENCH

TALKS = """import asyncio
async def main():
    while True:
        try:
            reader, writer = await asyncio.open_connection('127.0.0.1', PORT)
            print('connected')
            while True:
                writer.write(b'.')
                await writer.drain()
                if not await reader.read(10):
                    raise OSError('closed')
        except OSError as error:
            print('no network', error)
        await asyncio.sleep(0.02)
asyncio.run(main())
"""


@pytest.fixture
def echo_port():
    server = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(ConnectionError):
            while data := connection.recv(100):
                connection.sendall(data)

    def accept() -> None:
        while True:
            try:
                connection = server.accept()[0]
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_a_cut_network_cable_ends_connections_and_lets_none_begin(tmp_path, echo_port):
    with VirtualBoard(tmp_path / "board") as board:
        at_prompt(board)
        run_main(board, TALKS.replace("PORT", str(echo_port)), "connected")
        board.cut_network()
        board.wait(lambda: board.printed.count("no network") > 2)
        assert board.printed.count("connected") == 1
        board.restore_network()
        board.wait(lambda: board.printed.count("connected") == 2)


def test_twelve_boards_at_once_are_twelve_boards(tmp_path):
    boards = [VirtualBoard(tmp_path / f"board-{n}", unique_id=bytes((2, 0, 0, 0, 0, n))) for n in range(12)]
    try:
        for board in boards:
            board.start()
        with ThreadPoolExecutor(4) as installers:
            list(installers.map(lambda n: put(boards[n], "main.py", f"print('I am', {n})"), range(12)))
        for board in boards:
            board.reset()
        for number, board in enumerate(boards):
            board.wait(lambda board=board, number=number: f"I am {number}\n" in board.printed.replace("\r", ""))
        said = mpremote(boards[7], "exec", "import machine; print(machine.unique_id().hex())")
        assert said.strip() == "020000000007"
    finally:
        for board in boards:
            board.close()


def test_the_heap_is_as_large_as_the_firmware_may_think(tmp_path):
    program = """import gc
gc.collect()
print('free kB', gc.mem_free() // 1024)
held = []
while True:
    held.append(bytearray(1000))
"""
    with VirtualBoard(tmp_path / "board", heap=64 * 1024) as board:
        at_prompt(board)
        run_main(board, program, "MemoryError", "free kB")
        assert 56 <= int(board.printed.split("free kB ")[1].split()[0]) <= 68
