"""The clip bank: a folder with every clip of the catalogue as a WAV, and a manifest; built once, then only read.

    python -m hub.speech.clip_bank FOLDER [--recordings RECORDINGS] [--site SITE]

Each clip comes from RECORDINGS, a folder of the same layout with a person's voice (any rate, 16-bit WAV), where it has
one, and from espeak-ng otherwise. All are brought to 16 kHz mono, cut to their sound and made equally loud. Building
again does only what changed, so an interrupted build goes on. What RECORDINGS has in its folder ``music`` becomes the
tunes that a channel may play; ``--site`` adds the words of a site's own wording of calls.
"""

import hashlib
import json
import re
from array import array
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

import click
import msgspec
from rich.progress import Progress

from hub.engine.plan import Settings
from hub.site_file import SiteError, load
from hub.sites import find
from hub.speech import sound
from hub.speech.phrase import CHIME, PAUSE, USUAL, catalogue
from hub.speech.synthesiser import Synthesiser, SynthesiserError

MANIFEST = "manifest.json"
MUSIC = "music"  # folder of the tunes
PAUSE_MS = 350
WORDS_PER_MIN = 145  # a little slower than espeak-ng's 175: a hall echoes
SPELLED_WORDS_PER_MIN = 125  # letters and digits, which are heard once and have to be got right
_TUNE = re.compile(r"[a-z0-9][a-z0-9-]{0,25}")
_SPELLED = ("letter-", "digit-", "number-")
_MADE_BY = f"1 {sound.LEVEL_DB}"  # change the first figure when all clips are to be made anew

Told = Callable[[str], None]


class Clip(msgspec.Struct, frozen=True):
    """A line of the manifest. ``source`` says what it was made from; another source is another clip."""

    sha256: str  # of the WAV file
    length_ms: int
    text: str
    source: str


class BankError(Exception):
    """The bank could not be built or read; the message says why and what to do."""


def build(
    folder: Path, recordings: Path | None = None, told: Told = lambda clip: None, settings: Settings = USUAL
) -> dict[str, Clip]:
    """Make what is missing or out of date in ``folder``; ``told`` hears each clip's name. Returns the manifest.

    Raises `BankError` when a clip can be neither read nor synthesised; what was made until then is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    had = found_in(folder)
    wanted = {**all_clips(settings), **_music(recordings)}
    made: dict[str, Clip] = {}
    with _Maker(folder, recordings) as maker:
        try:
            for name, text in wanted.items():
                source = maker.source(name, text)
                old = had.get(name)
                if old and old.source == source and old.sha256 == _sha256(wav(folder, name)):
                    made[name] = old
                else:
                    made[name] = maker.make(name, text, source)
                told(name)
        finally:
            is_whole = len(made) == len(wanted)
            _write_manifest(folder, made if is_whole else {**had, **made})
    return made


def manifest(folder: Path) -> dict[str, Clip]:
    """The clips of a bank by name. Raises `BankError` when there is no complete bank."""
    found = found_in(folder)
    absent = [name for name in all_clips() if name not in found]
    if absent:
        raise BankError(
            f"{folder}: {len(absent)} clips are missing, {absent[0]} first; run python -m hub.speech.clip_bank {folder}"
        )
    return found


def all_clips(settings: Settings = USUAL) -> dict[str, str]:
    """Every clip of the bank → what it says; tunes are beside that."""
    return {CHIME: "", PAUSE: "", **catalogue(settings)}


def _music(recordings: Path | None) -> dict[str, str]:
    """The tunes among the recordings, without words. Raises `BankError` for a name that no amplifier would take."""
    found = sorted((recordings / MUSIC).glob("*.wav")) if recordings else []
    for path in found:
        if not _TUNE.fullmatch(path.stem):
            raise BankError(f"{path}: call it by at most 26 lower-case letters, digits and hyphens")
    return {f"{MUSIC}/{path.stem}": "" for path in found}


def wav(folder: Path, name: str) -> Path:
    """Where the clip called ``name`` is."""
    return folder / f"{name}.wav"


def join(folder: Path, names: Iterable[str]) -> bytes:
    """PCM of the clips one after another, as an amplifier plays them."""
    joined = array("h")
    for name in names:
        samples, rate_hz = sound.read_wav(wav(folder, name))
        if rate_hz != sound.RATE_HZ:
            raise BankError(f"{wav(folder, name)}: {rate_hz} Hz instead of {sound.RATE_HZ}; build the bank again")
        joined.extend(round(sample * sound.FULL) for sample in samples)
    return sound.to_pcm(joined)


class _Maker:
    """Makes clips. Starts espeak-ng only when a clip needs it, and ends it."""

    def __init__(self, folder: Path, recordings: Path | None) -> None:
        self._folder = folder
        self._recordings = recordings
        self._stack = ExitStack()
        self._synthesiser: Synthesiser | None = None

    def __enter__(self) -> "_Maker":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def source(self, name: str, text: str) -> str:
        """What the clip is made from, in full: if it is the same as last time, so is the clip."""
        recording = self._recording(name)
        if name == PAUSE:
            return f"silence {PAUSE_MS}"
        if recording is not None:
            return f"recording {_MADE_BY} {_sha256(recording)}"
        if name == CHIME:
            return f"tones {_MADE_BY}"
        return f"espeak-ng {_MADE_BY} {_words_per_min(name)} {text}"

    def make(self, name: str, text: str, source: str) -> Clip:
        """Write the clip. Raises `BankError`."""
        try:
            samples = sound.silence(PAUSE_MS) if name == PAUSE else finished(*self._raw(name, text))
        except (ValueError, OSError, SynthesiserError) as error:
            raise BankError(f"clip {name} ({text}): {error}") from error
        path = wav(self._folder, name)
        sound.write_wav(path, sound.to_pcm(samples))
        return Clip(_sha256(path), len(samples) * 1000 // sound.RATE_HZ, text, source)

    def _raw(self, name: str, text: str) -> tuple[list[float], int]:
        """Samples and their rate, as recorded or synthesised."""
        recording = self._recording(name)
        if recording is not None:
            return sound.read_wav(recording)
        if name == CHIME:
            return sound.chime(), sound.RATE_HZ
        if self._synthesiser is None:
            self._synthesiser = self._stack.enter_context(Synthesiser())
        voice = name.partition("/")[0]
        return self._synthesiser.say(voice, text, _words_per_min(name)), self._synthesiser.rate_hz

    def _recording(self, name: str) -> Path | None:
        path = wav(self._recordings, name) if self._recordings else None
        return path if path and path.exists() else None


def finished(raw: list[float], rate_hz: int) -> "array[int]":
    cut = sound.trimmed(raw, rate_hz)
    if not cut:
        raise ValueError("no sound in it; record it, or give it other words")
    return sound.levelled(sound.resampled(cut, rate_hz, sound.RATE_HZ))


def _words_per_min(name: str) -> int:
    return SPELLED_WORDS_PER_MIN if name.partition("/")[2].startswith(_SPELLED) else WORDS_PER_MIN


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def found_in(folder: Path) -> dict[str, Clip]:
    """The clips of a bank by name, though some may be missing; none when there is no bank."""
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Clip])
    except msgspec.MsgspecError:
        return {}  # written by something else or cut short: every clip is made again


def _write_manifest(folder: Path, clips: dict[str, Clip]) -> None:
    part = folder / (MANIFEST + ".part")
    plain = {name: msgspec.to_builtins(clip) for name, clip in clips.items()}
    part.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    part.replace(folder / MANIFEST)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--recordings", type=click.Path(exists=True, file_okay=False, path_type=Path), help="clips of a person")
@click.option("--site", help="a bundled site's name, or the path of a site.toml: its wording of calls is built too")
def main(folder: Path, recordings: Path | None, site: str | None) -> None:
    """Build the clip bank in FOLDER."""
    with Progress() as progress:
        try:
            settings = load(find(site)).settings if site else USUAL
            task = progress.add_task("语音片段 clips", total=len(all_clips(settings)))
            made = build(folder, recordings, lambda name: progress.advance(task), settings)
        except (BankError, SiteError) as error:
            raise click.ClickException(str(error)) from error
    length_s = sum(clip.length_ms for clip in made.values()) // 1000
    click.echo(f"{len(made)} clips, {length_s} s, in {folder}")


if __name__ == "__main__":
    main()
