"""From board.json to a device that works."""

import asyncio
import json

from firmware.main import read_board, role_class, run
from firmware.wire import packets
from firmware.wire.messages.help import HelpPressed
from tests.portable.bench import error_of, fresh_folder, play, stop
from tests.portable.far_broker import FarBroker

BOARD = {
    "site": "doumen",
    "device": "help-1",
    "kind": "help_button",
    "version": "0.1.0",
    "broker": {"host": "127.0.0.1", "port": 1},
    "user": "help-1",
    "password": "geheim",
    "data": "",
}


def written(board):
    path = fresh_folder() + "/board.json"
    with open(path, "w") as file:
        file.write(board if isinstance(board, str) else json.dumps(board))
    return path


def without(key):
    return {name: BOARD[name] for name in BOARD if name != key}


def test_a_board_file_that_is_not_right_says_what_is_missing():
    assert read_board(written(BOARD)) == BOARD
    for wrong, said in (
        (without("user"), "user missing"),
        (without("broker"), "broker, broker.host, broker.port missing"),
        (dict(BOARD, broker={"host": "x"}), "broker.port missing"),
        ("{", "not JSON"),
        ("[]", "object expected"),
        (dict(BOARD, broker="x"), "broker.host, broker.port missing"),
    ):
        path = written(wrong)
        text = str(error_of(ValueError, read_board, path))
        assert text.startswith(path), text
        assert said in text, text
        assert "provision" in text, text


def test_the_role_of_a_kind_is_found_by_its_name():
    assert role_class("help_button").__name__ == "HelpButton"
    assert role_class("window_strip").__name__ == "WindowStrip"
    assert "no role" in str(error_of(ValueError, role_class, "coffee_machine"))


class Button:
    def __init__(self):
        self.presses = [700]

    async def pressed(self):
        if self.presses:
            return self.presses.pop()
        await asyncio.sleep(60)


class Lamp:
    mode = "off"

    def set(self, mode):
        self.mode = mode


def test_a_press_on_a_board_reaches_the_broker():
    async def story():
        broker = await FarBroker().open()
        board = dict(BOARD, data=fresh_folder(), broker={"host": "127.0.0.1", "port": broker.port})
        asked_for = []

        def make_parts(given):
            asked_for.append(given["kind"])
            return {"button": Button(), "lamp": Lamp()}

        task = asyncio.create_task(run(written(board), make_parts))
        await broker.until_got(packets.PUBLISH, 3)
        assert asked_for == ["help_button"]
        presses = [payload for topic, payload, _, _ in broker.published() if topic.endswith("/up/help/press")]
        assert [HelpPressed.decode(payload).held_ms for payload in presses] == [700]
        await stop(task)
        await broker.close()

    play(story)
