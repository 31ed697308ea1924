"""The library: the clips that amplifiers are to have, each under its SHA-256 as they fetch it, and the list of them.

Two sources: the clip bank, built once, and what people had said since, each text a clip named by what it says.
"""

import asyncio
import hashlib
import sys
import time
from pathlib import Path

from hub.private_file import private_folder, write_private
from hub.speech import clip_bank

SAID = "said"  # the folder of the bank's names for a person's own words
SAID_KEPT_S = 86_400  # an announcement is over long before
SAY_S = 60  # for a text to be spoken; a slow machine speaks as fast as people


class LibraryFault(Exception):
    """There is no bank, or a text cannot be spoken; the words say what to do."""


class Library:
    """``folder`` holds ``shelf``, what is served, and ``said``; ``bank`` is the clip bank's folder."""

    def __init__(self, folder: Path, bank: Path) -> None:
        self.manifest = ""  # SHA-256 of the list; empty when there is no bank
        self.names: frozenset[str] = frozenset()
        self._bank = bank
        self._folder = private_folder(folder)
        self._said = private_folder(folder / SAID)
        self.shelf = private_folder(folder / "shelf")
        self._one_at_a_time = asyncio.Lock()

    def refresh(self) -> bool:
        """Put on the shelf what is in bank and said, and take off what is not. False when there is no bank."""
        found = {name: clip_bank.wav(self._bank, name) for name in clip_bank.found_in(self._bank)}
        if not found:
            return False
        self._forget()
        found |= {f"{SAID}/{path.stem}": path for path in self._said.glob("*.wav")}
        lines, kept = [], set()
        for name in sorted(found):
            data = found[name].read_bytes()
            digest = self._put(data)
            kept.add(digest)
            lines.append(f"{digest} {len(data)} {name}\n")
        self.names = frozenset(found)
        self.manifest = self._put("".join(lines).encode())
        for path in self.shelf.iterdir():
            if path.name not in kept and path.name != self.manifest:
                path.unlink()
        return True

    async def say(self, text: str, language: str) -> str:
        """The name of the clip that says ``text`` in cmn, yue or en; made if need be. Raises `LibraryFault`."""
        if not self.manifest:
            raise LibraryFault("this hub has no clips; build them: python -m hub.speech.clip_bank FOLDER")
        path = self._said / f"{_digest(f'{language} {text}'.encode())[:24]}.wav"
        async with self._one_at_a_time:
            if not path.exists():
                await _speak(text, language, path)
            path.touch()  # it is wanted: keep it for another day
            if f"{SAID}/{path.stem}" not in self.names:
                await asyncio.to_thread(self.refresh)
        return f"{SAID}/{path.stem}"

    def _forget(self) -> None:
        for path in self._said.glob("*.wav"):
            if time.time() - path.stat().st_mtime > SAID_KEPT_S:
                path.unlink()

    def _put(self, data: bytes) -> str:
        digest = _digest(data)
        path = self.shelf / digest
        if not path.exists():
            write_private(path, data, is_durable=False)
        return digest


async def _speak(text: str, language: str, path: Path) -> None:
    """In a process of its own: it takes a second or two of a processor, which the hub has no right to."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub.speech.say", language, str(path)),
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, complaint = await asyncio.wait_for(process.communicate(text.encode()), SAY_S)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise LibraryFault(f"the text was not spoken within {SAY_S} s; try a shorter one") from None
    if process.returncode:
        why = complaint.decode(errors="replace").strip().splitlines()
        raise LibraryFault(why[-1] if why else "the text could not be spoken")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
