"""Trees are built, signed and served so that the device's own code accepts them, and nothing else."""

import ast
import asyncio
import contextlib
import gc
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from firmware.update import manifest as manifests
from firmware.update.boot import Disk, choose
from firmware.update.fetch import HttpSource
from firmware.update.install import install
from firmware.update.slots import Slots
from hub.update import sign
from hub.update.build import BuildFault, Tree, build, canonical, compiled, sources
from hub.update.server import ShelfServer
from hub.update.shelf import Shelf, ShelfFault
from hub.update.sign import KeyFault, SigningKey, is_signed

MICROPYTHON = Path(sys.executable).with_name("micropython")


def small_tree(version: str = "1.0.0", text: bytes = b"print(1)\n") -> Tree:
    files = {"firmware/main.py": text, "firmware/empty.py": b""}
    facts: dict[str, object] = {"version": version, "profile": "virtual", "kinds": ["help_button"], "mpy": ""}
    facts["files"] = {path: [len(data), hashlib.sha256(data).hexdigest()] for path, data in files.items()}
    return Tree(canonical(facts), files)


@pytest.fixture(scope="module")
def bytecode() -> Tree:
    return build("1.2.3", "virtual", ["help_button", "amplifier"], is_micropython=True)


def test_a_tree_for_microcontrollers_is_bytecode_that_the_device_accepts(bytecode: Tree) -> None:
    manifest = manifests.read(bytecode.manifest)
    assert (manifest["version"], manifest["profile"], manifest["mpy"]) == ("1.2.3", "virtual", "6")
    assert manifest["kinds"] == ["amplifier", "help_button"]
    assert {path for path, _, _ in manifests.entries(bytecode.manifest)} == set(bytecode.files)
    assert "firmware/roles/help_button.mpy" in bytecode.files
    assert "firmware/update/boot.mpy" in bytecode.files  # the tree uses its state file
    assert "firmware/update/main.mpy" not in bytecode.files
    assert not [
        path
        for path in bytecode.files
        if path.startswith(("firmware/screens", "firmware/platform/linux", "drivers/linux"))
    ]
    roles = {path.split("/")[2] for path in bytecode.files if path.startswith("firmware/roles/")}
    assert roles == {"__init__.mpy", "amplifier.mpy", "help_button.mpy"}
    assert "firmware/roles/window_strip.py" in sources(True, ["publicity_strip"])  # which is made of it
    assert sources(True, []).keys() > sources(True, ["publicity_strip"]).keys()
    assert len(bytecode.manifest) < manifests.MAX_BYTES // 2
    assert sum(map(len, bytecode.files.values())) < 200_000  # two of them, and room, on the smallest flash


def test_the_same_sources_give_the_same_bytes(bytecode: Tree) -> None:
    assert build("1.2.3", "virtual", ["amplifier", "help_button"], is_micropython=True) == bytecode


def test_a_tree_for_linux_is_source_with_screens() -> None:
    tree = build("1.2.3", "linux_kiosk_x86_64", ["ticket_kiosk"], is_micropython=False)
    assert json.loads(tree.manifest)["mpy"] == ""
    assert tree.files["firmware/screens/kiosk.py"] == sources(False)["firmware/screens/kiosk.py"].read_bytes()
    assert len(tree.manifest) < manifests.MAX_BYTES * 2 // 3
    assert len(tree.files) < manifests.MAX_FILES * 2 // 3


def test_a_tree_that_no_device_would_take_is_not_built() -> None:
    with pytest.raises(BuildFault, match="no device would take this tree"):
        build("1.2.3", "linux_kiosk_x86_64", ["ticket_kiosk"] * 9000, is_micropython=False)


def test_many_threads_may_build_at_once() -> None:
    found = {name: path for name, path in sources(True, ["help_button"]).items() if name.startswith("firmware/wire/")}

    def others_go_on(phase: str, facts: dict[str, int]) -> None:
        time.sleep(0.0001)  # while memory is collected, in the middle of whatever was being done
        if phase == "stop":
            with contextlib.suppress(SystemError):
                ast.parse("1 + 1")  # as a finaliser that tells a traceback

    gc.callbacks.append(others_go_on)
    try:
        with ThreadPoolExecutor(4) as workers:
            made = list(workers.map(lambda _: compiled(found), range(4)))
    finally:
        gc.callbacks.remove(others_go_on)
    assert all(one == made[0] for one in made)


def test_the_manifest_carries_the_rules_it_was_built_with() -> None:
    tree = build("1.2.3", "virtual", [], True, min_version="1.0.0", downgrade_from="2.0.0")
    facts = json.loads(tree.manifest)
    assert (facts["min_version"], facts["downgrade_from"]) == ("1.0.0", "2.0.0")
    assert tree.manifest.endswith(b',"version":"1.2.3"}')  # a board looks for it there


@pytest.mark.parametrize("version", ["", "1.0", "v1.0.0", "1.0.0-rc1", "1.0.¹"])
def test_a_version_that_devices_cannot_compare_is_refused(version: str) -> None:
    with pytest.raises(BuildFault, match="three numbers"):
        build(version, "virtual", [], is_micropython=False)


@pytest.mark.micropython
def test_real_micropython_starts_the_tree(bytecode: Tree, tmp_path: Path) -> None:
    if not MICROPYTHON.exists():
        pytest.skip("no micropython beside " + sys.executable)
    for path, data in bytecode.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    done = subprocess.run(
        [MICROPYTHON, "-X", "heapsize=128k", "-c", "import firmware.main as m; print(m.role_class('help_button'))"],
        env={"MICROPYPATH": f"{tmp_path}:.frozen", "PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout.strip() == "<class 'HelpButton'>", done.stderr


def test_what_the_hub_signs_the_device_believes(tmp_path: Path) -> None:
    key = SigningKey(tmp_path / "k" / "signing.key")
    assert sign.SIGNED == manifests.SIGNED
    manifest = small_tree().manifest
    asyncio.run(manifests.check_signature(manifest, key.sign(manifest), key.public))
    other = SigningKey(tmp_path / "other.key")
    for data, signature, public in (
        (manifest, other.sign(manifest), key.public),
        (manifest + b" ", key.sign(manifest), key.public),
        (manifest, key.sign(manifest), other.public),
        (manifest, b"", key.public),
    ):
        assert not is_signed(data, signature, public)
        with pytest.raises(manifests.UpdateRefused, match=r"update\.signature"):
            asyncio.run(manifests.check_signature(data, signature, public))


def test_the_key_is_its_owners_alone_and_stays_the_same(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    public = SigningKey(path).public
    assert path.stat().st_mode & 0o777 == 0o600
    assert SigningKey(path).public == public
    assert public not in repr(SigningKey(path))
    path.chmod(0o640)
    with pytest.raises(KeyFault, match="others may read it"):
        SigningKey(path)
    path.chmod(0o600)
    path.write_bytes(b"garbage")
    with pytest.raises(KeyFault, match="put the copy"):
        SigningKey(path)


def test_a_tree_is_told_of_only_when_it_is_signed(tmp_path: Path) -> None:
    shelf, key = Shelf.of(tmp_path), SigningKey.of(tmp_path)
    tree = small_tree()
    assert not shelf.put(tree).is_signed
    assert shelf.sign(tree.digest, key).is_signed
    assert shelf.release(tree.digest, key.public).is_signed
    assert not shelf.release(tree.digest, SigningKey(tmp_path / "other.key").public).is_signed
    assert shelf.put(tree).is_signed  # built again, it is the same tree
    shelf.put(small_tree("1.0.1"))
    assert [release.version for release in Shelf.of(tmp_path).releases()] == ["1.0.0", "1.0.1"]
    assert shelf.find("1.0.1")[0].digest == small_tree("1.0.1").digest
    assert shelf.find(tree.digest[:8])[0].version == "1.0.0"
    with pytest.raises(ShelfFault, match="update list"):
        shelf.find("9.9.9")


def test_a_damaged_shelf_signs_nothing(tmp_path: Path) -> None:
    shelf, key = Shelf.of(tmp_path), SigningKey.of(tmp_path)
    tree = small_tree()
    shelf.put(tree)
    (shelf.folder / hashlib.sha256(tree.files["firmware/main.py"]).hexdigest()).write_bytes(b"print(2)\n")
    with pytest.raises(ShelfFault, match="damaged"):
        shelf.sign(tree.digest, key)
    (shelf.folder / tree.digest).unlink()
    with pytest.raises(ShelfFault, match="build the tree again"):
        shelf.sign(tree.digest, key)


def asked(port: int, request: bytes) -> bytes:
    """What the server answers to raw bytes."""
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer


def test_a_device_fetches_from_the_hub_what_it_needs_and_goes_on_where_it_was(tmp_path: Path) -> None:
    shelf = Shelf.of(tmp_path / "hub")
    old, new = small_tree(), small_tree("1.1.0", b"print(2)\n" * 300)
    shelf.put(new)
    root = tmp_path / "board"
    for path, data in {**old.files, "manifest.json": old.manifest}.items():
        (root / "slots" / "a" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "slots" / "a" / path).write_bytes(data)
    part = root / "slots" / "b" / "firmware" / "main.py.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(new.files["firmware/main.py"][:1000])  # what an earlier life had got

    async def story() -> int:
        server = await ShelfServer(shelf.folder).open("127.0.0.1")
        slots = Slots(str(root))
        source = HttpSource(server.url("127.0.0.1"))
        assert await source.small(new.digest, manifests.MAX_BYTES) == new.manifest
        before = server.served_bytes
        await install(slots, new.manifest, source, lambda done, total: None)
        slots.begin_trial([new.digest, 1, 1])
        await server.close()
        return server.served_bytes - before

    assert asyncio.run(story()) == 1700
    assert choose(str(root), True, Disk()) == ("b", "trial")
    assert (root / "slots" / "b" / "firmware" / "main.py").read_bytes() == new.files["firmware/main.py"]


def test_the_server_gives_nothing_but_files_of_the_shelf(tmp_path: Path) -> None:
    shelf = Shelf.of(tmp_path)
    SigningKey.of(tmp_path)
    tree = small_tree()
    shelf.put(tree)
    name = tree.digest.encode()

    async def story() -> None:
        server = await ShelfServer(shelf.folder).open("127.0.0.1")

        async def status(request: bytes) -> bytes:
            return (await asyncio.to_thread(asked, server.port, request))[:12]

        assert await status(b"GET /updates/" + name + b" HTTP/1.1\r\n\r\n") == b"HTTP/1.1 200"
        assert await status(b"GET /updates/" + name + b" HTTP/1.1\r\nRange: bytes=5-\r\n\r\n") == b"HTTP/1.1 206"
        assert await status(b"GET /updates/" + name + b" HTTP/1.1\r\nRange: bytes=99999-\r\n\r\n") == b"HTTP/1.1 416"
        for path in (b"../signing.key", b"..%2fsigning.key", b"", b"trees.json", b"0" * 64, b"0" * 63):
            assert await status(b"GET /updates/" + path + b" HTTP/1.1\r\n\r\n") == b"HTTP/1.1 404", path
        assert await status(b"GET /updates/../signing.key HTTP/1.1\r\n\r\n") == b"HTTP/1.1 404"
        assert await status(b"PUT /updates/" + name + b" HTTP/1.1\r\n\r\n") == b"HTTP/1.1 405"
        assert await status(b"x\r\n\r\n") == b"HTTP/1.1 405"
        assert await status(b"GET " + b"x" * 9000) == b""
        await server.close()

    asyncio.run(story())
