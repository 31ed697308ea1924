"""A bench for updates on virtual boards: flashes filled beforehand, and for each board a hub that offers and asks."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from board_profiles import load
from board_profiles.heap import UPDATE_KB
from firmware.wire import packets, topics
from firmware.wire.messages.update import SelfTested, UpdateReport
from hub.update.build import Tree, build, canonical, root_files
from hub.update.server import ShelfServer
from hub.update.shelf import Shelf
from hub.update.sign import SigningKey
from simulators.boards import VirtualBoard
from tests.portable.far_broker import FarBroker

HERE = Path(__file__).resolve().parent
MICROPYTHON = Path(sys.executable).with_name("micropython")
FLASH_BYTES = 2 * 1024 * 1024
PATIENCE_S = 60


def with_files(tree: Tree, version: str, leave_out: tuple[str, ...] = (), **added: bytes) -> Tree:
    """The same tree with other files, as another version; ``added`` by path, ``__`` for ``/``."""
    import hashlib

    files = {path: data for path, data in tree.files.items() if path not in leave_out}
    files |= {name.replace("__", "/") + ".py": data for name, data in added.items()}
    facts = json.loads(tree.manifest) | {"version": version}
    facts["files"] = {path: [len(data), hashlib.sha256(data).hexdigest()] for path, data in files.items()}
    return Tree(canonical(facts), files)


def fill(folder: Path, tree: Tree, about: dict[str, Any]) -> None:
    """The flash of the board in ``folder/board``: the tree in slot a, and what stands beside the slots."""
    files = {"slots/a/" + path: data for path, data in tree.files.items()}
    files["slots/a/manifest.json"] = tree.manifest
    files |= {path[1:]: data for path, data in root_files().items()}
    files["board.json"] = json.dumps(about).encode()
    for path, data in files.items():
        whole = folder / "files" / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(data)
    (folder / "files" / "data").mkdir()
    image = folder / "board" / "flash.img"
    image.parent.mkdir()
    image.write_bytes(b"\xff" * FLASH_BYTES)
    command = [MICROPYTHON, HERE / "fill_flash.py", image, folder / "files"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


class Updates:
    """The hub's shelf with its server and key."""

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf.of(folder)
        self.key = SigningKey.of(folder)
        self.tree = build("1.0.0", "virtual", load("virtual").kinds, is_micropython=True)
        self.server = ShelfServer(self.shelf.folder)

    def put(self, tree: Tree) -> Tree:
        self.shelf.put(tree)
        self.shelf.sign(tree.digest, self.key)
        return tree


class Seat:
    """A board on the bench, with a broker and a hub of its own."""

    def __init__(self, name: str, folder: Path, updates: Updates, kind: str = "help_button") -> None:
        self.name = name
        self._kind = kind
        self._heap_kb = max(load("virtual").kinds[kind].heap_kb or 0, UPDATE_KB)
        self.broker = FarBroker()
        self.versions: list[str] = []  # said in hellos, one for each connection
        self._updates = updates
        self._folder = folder / name
        self._offer: Tree | None = None
        self._replies: list[Any] = []
        self._tests = 0
        self.board: Any = None

    async def set_up(self) -> "Seat":
        """Flash it with the first tree and switch it on."""
        await self.broker.open()
        self.broker.on_publish = self._heard
        await asyncio.to_thread(self._fill)
        self.board = VirtualBoard(
            self._folder / "board", profile="virtual", flash_bytes=FLASH_BYTES, heap=self._heap_kb * 1024
        )
        self.board.start()
        await self.until(lambda: self.versions, "online")
        return self

    async def clear(self) -> None:
        if self.board:
            self.board.close()
        await self.broker.close()

    def _fill(self) -> None:
        fill(self._folder, self._updates.tree, self._about())

    def _about(self) -> dict[str, Any]:
        return {
            "site": "doumen",
            "device": self.name,
            "kind": self._kind,
            "version": "0.0.0",
            "broker": {"host": "127.0.0.1", "port": self.broker.port},
            "user": self.name,
            "password": "x",
            "data": "/data",
            "heartbeat_s": 15,
            "settings": {"width_px": 192, "height_px": 32},  # of a strip
            "profile": load("virtual").device_tree(self._kind),
            "update_key": self._updates.key.public,
            "update": {"retry_s": 0.2},
        }

    # --- as the hub

    def _heard(self, topic: str, payload: bytes) -> None:
        name = topic.split("/up/")[1]
        plain = json.loads(payload)
        if name == "hello":
            self.versions.append(plain["version"])
            self._say("welcome", {"boot": plain["boot"], "at_ms": 1795000000000})
            if self._offer:  # it is retained
                self._say_offer()
        elif "seq" in plain:
            self._say("ack", {"boot": plain["boot"], "seq": plain["seq"]})
        elif name == UpdateReport.name and plain["stage"] == "trial":
            self._tests += 1
            self._say("update/test", {"id": f"test-{self._tests}"})

    def _say(self, name: str, plain: dict[str, Any]) -> None:
        topic = topics.down("doumen", self.name, name)
        packet = packets.publish(topic, json.dumps(plain).encode())
        self._replies.append(asyncio.ensure_future(self.broker.send(packet)))

    def offer(self, tree: Tree) -> None:
        """From now on it should run this."""
        self._offer = tree
        self._say_offer()

    def _say_offer(self) -> None:
        assert self._offer
        facts = {"version": json.loads(self._offer.manifest)["version"], "url": self._updates.server.url("127.0.0.1")}
        self._say("show/update", {"epoch": 1, "rev": 1, "manifest": self._offer.digest, **facts})

    def reports(self) -> list[Any]:
        return [
            UpdateReport.decode(payload)
            for topic, payload, _, _ in self.broker.published()
            if topic.endswith("/up/" + UpdateReport.name)
        ]

    def stages(self) -> list[str]:
        return [report.stage for report in self.reports()]

    def tests_passed(self) -> int:
        return len(
            [
                1
                for topic, payload, _, _ in self.broker.published()
                if topic.endswith("/up/" + SelfTested.name) and not SelfTested.decode(payload).fault
            ]
        )

    async def until(self, is_so: Any, what: str) -> None:
        """Wait for it; else say what the board printed."""
        for _ in range(PATIENCE_S * 50):
            if is_so():
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{self.name}: {what} did not happen; {self.stages()}; it printed:\n{self.board.printed}")

    async def on_flash(self, code: str) -> str:
        """What the board's MicroPython prints, run over its serial port."""
        from tests.boards.bench_hands import mpremote

        return (await asyncio.to_thread(mpremote, self.board, "exec", code)).strip()
