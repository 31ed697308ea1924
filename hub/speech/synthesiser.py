"""The near side of the pipe to espeak-ng: text in, samples out. See hub.speech.espeak for why it is a process."""

import json
import subprocess
import sys
from types import TracebackType
from typing import Any

from hub.speech.sound import from_pcm


class SynthesiserError(Exception):
    """The synthesiser cannot be used, or could not say something; the message says what to do."""


class Synthesiser:
    """One espeak-ng process, for as long as the ``with`` lasts. Raises `SynthesiserError` when it cannot start."""

    def __enter__(self) -> "Synthesiser":
        command = [sys.executable, "-m", "hub.speech.espeak"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        try:
            self.rate_hz = int(self._read()["rate_hz"])
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._to.close()
        except BrokenPipeError:
            pass
        self._from.close()
        self._process.wait()

    def say(self, voice: str, text: str, words_per_min: int) -> list[float]:
        """The samples of ``text``, at `rate_hz`, with the silence that espeak puts around them."""
        asked = {"voice": voice, "text": text, "words_per_min": words_per_min}
        try:
            self._to.write(json.dumps(asked).encode() + b"\n")
            self._to.flush()
        except BrokenPipeError as error:
            raise SynthesiserError(_ENDED) from error
        return from_pcm(self._from.read(int(self._read()["bytes"])))

    def _read(self) -> dict[str, Any]:
        line = self._from.readline()
        if not line:
            raise SynthesiserError(_ENDED)
        head: dict[str, Any] = json.loads(line)
        if "error" in head:
            raise SynthesiserError(head["error"])
        return head


_ENDED = "the espeak-ng process ended; run `python -m hub.speech.espeak` by hand to see why"
