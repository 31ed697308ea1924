"""espeak-ng behind a pipe: `python -m hub.speech.espeak` reads what to say from stdin and writes the sound to stdout.

A process of its own, because espeak-ng is licensed under the GPL-3: nothing of it is ever loaded into the hub, and the
hub runs without it. It is only needed to build the clip bank, once.

Protocol: first one line of JSON, ``{"rate_hz": 22050}`` or ``{"error": "…"}``. Then for each line
``{"voice": "cmn", "text": "请", "words_per_min": 150}`` one line ``{"bytes": n}`` followed by n bytes of PCM (mono,
16 bit, this machine's byte order), or ``{"error": "…"}``.

The calls and constants are those of espeak-ng's public header speak_lib.h, version 1.52.
"""

import ctypes
import json
import os
import sys
import tempfile
from pathlib import Path

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the sound comes by callback before espeak_Synth returns
_DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
_RATE = 1  # espeakRATE
_POS_CHARACTER = 1
_CHARS_UTF8 = 1
_OK = 0
_LONGEST_PATH = 150  # espeak-ng keeps its data path in 160 bytes and cuts longer ones off without a word

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class Unusable(Exception):
    """espeak-ng cannot be used on this machine, or cannot say this."""


class Espeak:
    """The library, loaded. ``rate_hz`` is what it speaks in."""

    def __init__(self) -> None:
        library, data = _find()
        try:
            self._library = ctypes.CDLL(library)
        except OSError as error:
            raise Unusable(f"espeak-ng does not load on this machine ({error}); {_INSTEAD}") from error
        self._pcm = bytearray()
        self._callback = _Callback(self._take)  # kept: the library keeps only its address
        self._library.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]
        self.rate_hz = int(self._library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DONT_EXIT))
        if self.rate_hz <= 0:
            raise Unusable(f"espeak-ng does not find its voices in {data}; install espeakng-loader again")
        self._library.espeak_SetSynthCallback(self._callback)

    def say(self, voice: str, text: str, words_per_min: int) -> bytes:
        """The PCM of ``text``."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != _OK:
            raise Unusable(f"espeak-ng has no voice {voice!r}; use cmn, yue or en")
        self._library.espeak_SetParameter(_RATE, words_per_min, 0)
        self._pcm.clear()
        data = text.encode() + b"\0"
        if self._library.espeak_Synth(data, len(data), 0, _POS_CHARACTER, 0, _CHARS_UTF8, None, None) != _OK:
            raise Unusable(f"espeak-ng could not say {text!r} in {voice}")
        return bytes(self._pcm)

    def _take(self, samples: int | None, count: int, _events: int | None) -> int:
        if samples and count > 0:
            self._pcm += ctypes.string_at(samples, 2 * count)
        return 0


_INSTEAD = "build the bank from recordings instead: python -m hub.speech.clip_bank FOLDER --recordings RECORDINGS"


def _find() -> tuple[str, str]:
    """The paths of the library and of its voices."""
    try:
        import espeakng_loader  # type: ignore[import-untyped]
    except ImportError as error:
        raise Unusable(f"espeakng-loader is not installed: pip install espeakng-loader, or {_INSTEAD}") from error
    library, data = Path(espeakng_loader.get_library_path()), Path(espeakng_loader.get_data_path())
    if len(str(data)) > _LONGEST_PATH:
        link = Path(tempfile.mkdtemp(prefix="espeak-")) / data.name
        link.symlink_to(data)
        data = link
    return str(library), str(data)


def _answer(espeak: Espeak, line: bytes) -> bytes:
    """What goes back for one line: the head, and the PCM behind it."""
    try:
        asked = json.loads(line)
        pcm = espeak.say(asked["voice"], asked["text"], asked["words_per_min"])
    except (Unusable, ValueError, KeyError, TypeError) as error:
        return json.dumps({"error": str(error)}).encode() + b"\n"
    return json.dumps({"bytes": len(pcm)}).encode() + b"\n" + pcm


def _answer_afresh(espeak: Espeak, line: bytes) -> bytes:
    """`_answer`, in a fork that has not said anything yet.

    espeak-ng carries the phase of its oscillators from one utterance into the next, even over espeak_Terminate, so the
    same words never come out the same twice. Amplifiers are synced by hash: here they do.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with open(writing, "wb") as pipe:
            pipe.write(_answer(espeak, line))
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return answer or json.dumps({"error": f"espeak-ng crashed while saying {line!r}"}).encode() + b"\n"


def main() -> int:
    out = sys.stdout.buffer
    try:
        espeak = Espeak()
    except Unusable as error:
        out.write(json.dumps({"error": str(error)}).encode() + b"\n")
        return 1
    out.write(json.dumps({"rate_hz": espeak.rate_hz}).encode() + b"\n")
    out.flush()
    for line in sys.stdin.buffer:
        out.write(_answer_afresh(espeak, line))
        out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
