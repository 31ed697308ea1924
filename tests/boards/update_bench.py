"""A bench for updates on virtual boards: flashes filled beforehand, and for each board a hub that offers and asks."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from board_profiles import load
from board_profiles.heap import UPDATE_KB
from firmware.wire import packets, topics
from firmware.wire.messages.update import SelfTested, UpdateReport
from hub.update.build import Tree, build, canonical, compiled, root_files, sources
from hub.update.server import ShelfServer
from hub.update.shelf import Shelf
from hub.update.sign import SigningKey
from simulators.boards import VirtualBoard
from tests.portable.far_broker import FarBroker

HERE = Path(__file__).resolve().parent
MICROPYTHON = Path(sys.executable).with_name("micropython")
FLASH_BYTES = 2 * 1024 * 1024
PATIENCE_S = 60
NOW_MS = 1_795_000_000_000


def with_files(tree: Tree, version: str, leave_out: tuple[str, ...] = (), **added: bytes) -> Tree:
    """The same tree with other files, as another version; ``added`` by path, ``__`` for ``/``."""
    import hashlib

    files = {path: data for path, data in tree.files.items() if path not in leave_out}
    files |= {name.replace("__", "/") + ".py": data for name, data in added.items()}
    facts = json.loads(tree.manifest) | {"version": version}
    facts["files"] = {path: [len(data), hashlib.sha256(data).hexdigest()] for path, data in files.items()}
    return Tree(canonical(facts), files)


def rebuilt(tree: Tree, folder: Path, changes: Mapping[str, tuple[str, str]]) -> Tree:
    """The same tree with other words in some of its sources, compiled anew; path → (what stood there, what stands)."""
    found = sources(True, load("virtual").kinds)
    for number, (path, (before, after)) in enumerate(changes.items()):
        text = found[path].read_text(encoding="utf-8")
        assert before in text, f"{path}: {before}"
        found[path] = folder / f"changed-{number}.py"
        found[path].write_text(text.replace(before, after), encoding="utf-8")
    return with_files(Tree(tree.manifest, compiled(found)), json.loads(tree.manifest)["version"])


def fill(
    folder: Path,
    tree: Tree,
    about: dict[str, Any],
    before: Tree | None = None,
    beside: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """The flash of the board in ``folder/board``: the tree in slot a, the one ``before`` it in b, and what stands
    beside the slots; ``beside`` of it is not what it should be."""
    files = {}
    for slot, one in (("a", tree), ("b", before)):
        if one:
            files |= {f"slots/{slot}/{path}": data for path, data in one.files.items()}
            files[f"slots/{slot}/manifest.json"] = one.manifest
    files |= {path[1:]: data for path, data in {**root_files(), **beside}.items()}
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
        self.hellos: list[dict[str, Any]] = []  # one for each connection
        self.versions: list[str] = []  # said in them
        self._updates = updates
        self._folder = folder / name
        self._offer: Tree | None = None
        self._rev = 1
        self._replies: list[Any] = []
        self._tests = 0
        self.board: Any = None

    async def set_up(
        self, a: Tree | None = None, b: Tree | None = None, levels: dict[int, int] | None = None, **told: Any
    ) -> "Seat":
        """Flash it with the first tree, or with ``a`` and the one before it, and switch it on.

        ``levels`` of pins that somebody drives from outside; ``told``: what its board.json says otherwise, and in
        ``beside`` what files beside the slots hold instead.
        """
        await self.broker.open()
        self.broker.on_publish = self._heard
        about = self._about()
        about["update"] |= told.pop("update", {})
        about["profile"] |= told.pop("profile", {})
        beside = told.pop("beside", {})
        await asyncio.to_thread(fill, self._folder, a or self._updates.tree, about | told, b, beside)
        self.board = VirtualBoard(
            self._folder / "board", profile="virtual", flash_bytes=FLASH_BYTES, heap=self._heap_kb * 1024
        )
        for pin, level in (levels or {}).items():
            self.board.drive(pin, level)
        self.board.start()
        await self.until(lambda: self.versions, "online")
        return self

    async def clear(self) -> None:
        if self.board:
            self.board.close()
        await self.broker.close()

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
            self.hellos.append(plain)
            self.versions.append(plain["version"])
            self.say("welcome", {"boot": plain["boot"], "at_ms": NOW_MS})
            if self._offer:  # it is retained
                self._say_offer()
        elif "seq" in plain:
            self.say("ack", {"boot": plain["boot"], "seq": plain["seq"]})
        elif name == UpdateReport.name and plain["stage"] == "trial":
            self._tests += 1
            self.say("update/test", {"id": f"test-{self._tests}"})

    def say(self, name: str, plain: dict[str, Any]) -> None:
        """A message of the hub."""
        topic = topics.down("doumen", self.name, name)
        packet = packets.publish(topic, json.dumps(plain).encode())
        self._replies.append(asyncio.ensure_future(self.broker.send(packet)))

    def play(self, act: str, clips: list[str]) -> None:
        """An announcement."""
        facts = {"id": act, "expires_at_ms": NOW_MS + 600_000, "priority": 3, "clips": clips, "text": "x"}
        self.say("speech/play", facts)

    def offer(self, tree: Tree, rev: int = 1) -> None:
        """From now on it should run this."""
        self._offer, self._rev = tree, rev
        self._say_offer()

    def _say_offer(self) -> None:
        assert self._offer
        facts = {"version": json.loads(self._offer.manifest)["version"], "url": self._updates.server.url("127.0.0.1")}
        self.say("show/update", {"epoch": 1, "rev": self._rev, "manifest": self._offer.digest, **facts})

    def sent(self, message: Any) -> list[Any]:
        """The messages of one kind that it has sent."""
        return [
            message.decode(payload)
            for topic, payload, _, _ in self.broker.published()
            if topic.endswith("/up/" + message.name)
        ]

    def reports(self) -> list[Any]:
        return self.sent(UpdateReport)

    def stages(self) -> list[str]:
        return [report.stage for report in self.reports()]

    def tests_passed(self) -> int:
        return len([tested for tested in self.sent(SelfTested) if not tested.fault])

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
