"""A stage for updates: a board with two slots, an agent that runs, a hub that offers, a shelf that serves over HTTP."""

import asyncio
import hashlib
import os
from binascii import unhexlify

from firmware.main import tell_tree
from firmware.update import ed25519
from firmware.update.boot import Disk, choose
from firmware.update.manifest import SIGNED
from firmware.update.sha512 import sha512
from firmware.update.start import watch
from firmware.wire.messages.update import SelfTested, UpdateReport
from tests.portable.agent_stage import Hub, QuickAgent, Role, board_for
from tests.portable.bench import Dice, fresh_folder, play, stop, until
from tests.portable.far_broker import FarBroker
from tests.portable.shaky_disk import digest, lay, manifest_of

# RFC 8032, 7.1, TEST 3: known to everybody, so good for a test only.
SECRET = unhexlify("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7")
KEY = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
OLD = {"firmware/agent.py": b"old agent " * 30, "drivers/same.py": b"same " * 50}
NEW = {"firmware/agent.py": b"new agent " * 90, "drivers/same.py": b"same " * 50}


class HttpShelf:
    """Serves files by name as the hub does; ``breaks`` are answers that end early, after so many bytes.

    ``stalls``: name → after how many bytes the next answer waits; until its event, which is put in ``stalled``, is set.
    """

    def __init__(self):
        self.files = {}
        self.asked = []  # (name, first byte)
        self.breaks = []
        self.stalls = {}
        self.stalled = []
        self.lengths = {}  # name → the length that is told of it, wrongly
        self.says = None  # another first line
        self.url = ""
        self._server = None

    async def open(self):
        dice = Dice(int.from_bytes(os.urandom(3), "big") | 1)
        while not self._server:
            port = 20000 + dice.below(40000)
            try:
                self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
            except OSError:
                continue
            self.url = "http://127.0.0.1:%d/tree/" % port  # noqa: UP031
        return self

    async def close(self):
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader, writer):
        try:
            await self._answer(reader, writer)
        except OSError:
            pass  # the board has gone
        writer.close()
        await writer.wait_closed()

    async def _answer(self, reader, writer):
        name = (await reader.readline()).split(b" ")[1].decode().split("/")[-1]
        first = 0
        while True:
            line = (await reader.readline()).strip()
            if not line:
                break
            if line.lower().startswith(b"range: bytes="):
                first = int(line[13:-1])
        self.asked.append((name, first))
        body = self.files.get(name)
        if body is None:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        else:
            status = "206 Partial Content" if first else "200 OK"
            head = "HTTP/1.1 %s\r\nContent-Length: %d\r\n" % (status, self.lengths.get(name, len(body)) - first)  # noqa: UP031
            if first:
                head += "Content-Range: bytes %d-%d/%d\r\n" % (first, len(body) - 1, len(body))  # noqa: UP031
            body = body[first:]
            if self.breaks:
                body = body[: self.breaks.pop(0)]
            head = (self.says or head.encode()) + b"\r\n"
            if name in self.stalls:
                count = self.stalls.pop(name)
                writer.write(head + body[:count])
                await writer.drain()
                head, body = b"", body[count:]
                self.stalled.append(asyncio.Event())
                await self.stalled[-1].wait()
            writer.write(head + body)
        await writer.drain()


class Stage:
    """One board over several of its lives. ``reboots`` counts how often it asked to start again."""

    def __init__(self, broker, shelf):
        self.shelf = shelf
        self.hub = Hub(broker)
        self.root = fresh_folder()
        self.reboots = 0
        self.agent = self.role = None
        self.tree = {}
        self._broker = broker
        self._task = None
        self._rev = 0
        lay(self.root + "/slots/a", OLD, manifest_of(OLD))

    async def start(self, is_power_on=True, fault="", trial_s=600):
        """One life: what boot.py chooses runs."""
        slot, how = choose(self.root, is_power_on, Disk())
        self.tree = {"root": self.root, "slot": slot, "start": how, "is_counted": not is_power_on}
        board = board_for(self._broker, fresh_folder(), profile={"name": "virtual"}, update_key=KEY)
        board["update"] = {"retry_s": 0.05, "trial_s": trial_s}
        tell_tree(board, self.tree)
        self.role = Role()
        self.role.fault = fault
        self.agent = QuickAgent(board, self.role)
        if how != "normal" or not is_power_on:  # as firmware.main does
            watch(self.agent, board)
        self._task = asyncio.create_task(self.agent.run())
        await until(lambda: self.role.of("connected"), "welcome")
        return self

    async def stop(self):
        if self._task:
            await stop(self._task)
            self._task = None

    def updater(self):
        """The updater, which must have been loaded; the board's restart is noted."""
        updater = self.agent._updater
        assert updater
        updater.goodbye_s = 0

        def restart():
            self.reboots += 1

        updater.restart = restart
        return updater

    async def offer(self, manifest, signature, version="1.1.0"):
        """The hub says what to run; the files are on its shelf."""
        self.shelf.files[digest(manifest)] = manifest
        self.shelf.files[digest(manifest) + ".sig"] = signature
        self._rev += 1
        plain = {"epoch": 1, "rev": self._rev, "version": version, "url": self.shelf.url, "manifest": digest(manifest)}
        await self.hub.down("show/update", plain)
        await until(lambda: self.agent._updater, "updater")
        self.updater()

    async def take_back(self):
        """The hub clears its retained offer."""
        await self.hub.clear("show/update")
        await until(lambda: not self.agent._updater._offer, "taken back")

    async def test(self, id="t1"):
        """The hub asks for a self-test; what the device says."""
        await self.hub.down("update/test", {"id": id})
        await until(lambda: [t for t in self.hub.sent(SelfTested) if t.id == id], "self-test")
        return [t for t in self.hub.sent(SelfTested) if t.id == id][-1].fault

    def stages(self):
        return [report.stage for report in self.hub.sent(UpdateReport)]

    async def until_stage(self, stage):
        await until(lambda: stage in self.stages(), stage)
        return [report for report in self.hub.sent(UpdateReport) if report.stage == stage][-1]


def put_on_shelf(shelf, files):
    for path in files:
        shelf.files[digest(files[path])] = files[path]


async def signed(manifest):
    """The signature of a manifest with the stage's key: RFC 8032, 5.1.6, for tests only."""
    summed = sha512(SECRET)
    a = int.from_bytes(bytes([summed[0] & 248]) + summed[1:31] + bytes([summed[31] & 63 | 64]), "little")
    message = SIGNED + hashlib.sha256(manifest).digest()
    r = int.from_bytes(sha512(summed[32:] + message), "little") % ed25519.L
    base = ed25519._base()
    x, y, z, _ = await ed25519._sum_of_products(r, base, 0, base)
    inverse = pow(z, ed25519.P - 2, ed25519.P)
    x, y = x * inverse % ed25519.P, y * inverse % ed25519.P
    encoded = (y | (x & 1) << 255).to_bytes(32, "little")
    k = int.from_bytes(sha512(encoded + unhexlify(KEY) + message), "little") % ed25519.L
    return encoded + ((r + k * a) % ed25519.L).to_bytes(32, "little")


def with_stage(story):
    """Plays ``story(stage)``."""

    async def whole():
        broker = await FarBroker().open()
        shelf = await HttpShelf().open()
        stage = Stage(broker, shelf)
        put_on_shelf(shelf, NEW)
        try:
            await story(stage)
        finally:
            await stage.stop()
            await shelf.close()
            await broker.close()

    play(whole)
