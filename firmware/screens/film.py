"""A film on a page: decoded and scaled by ffmpeg, whose raw pictures come through a pipe, each when it is due."""

import subprocess
from typing import Any

from PIL import Image

from firmware.screens.sheet import Box

FPS = 25  # what films are brought to
PROGRAM = "ffmpeg"  # Debian: apt-get install ffmpeg
PIPE_BYTES = 1 << 20  # the most that an ordinary user may have: 6 MB a picture come in fewer pieces
LATEST = 8  # pictures that may be left out at once to keep up


class Film:
    """``progress`` hears how it goes: ``over`` when the last picture was shown, ``fault`` when it cannot be played.

    ``program``: what to run, for a machine where ffmpeg has another name.
    """

    def __init__(self, path: str, box: Box, progress: dict[str, Any], program: str = PROGRAM) -> None:
        self.box = box
        self._size = box[2] - box[0], box[3] - box[1]
        self._progress = progress
        self._command = _command(path, *self._size, program)
        self._process: subprocess.Popen[bytes] | None = None
        self._began_ms = 0
        self._taken = 0  # pictures
        self._still: Image.Image | None = None

    def image_at(self, ms: int) -> Image.Image | None:
        """The picture of that moment; None when the one before still holds, or there is none."""
        if ms <= 0:
            return self._first()
        if self._process is None and not self._start(ms):
            return None
        due = (ms - self._began_ms) * FPS // 1000 + 1
        image = None
        for _ in range(min(due - self._taken, LATEST)):
            image = self._next() or image
        return image

    def _first(self) -> Image.Image | None:
        """How the film begins, for who only takes a look at the page; nothing goes on running."""
        if self._still is None:
            done = subprocess.run([*self._command[:-1], "-frames:v", "1", self._command[-1]], capture_output=True)
            size = self._size[0] * self._size[1] * 3
            self._still = Image.frombuffer("RGB", self._size, done.stdout) if len(done.stdout) == size else None
        return self._still

    def close(self) -> None:
        """Nobody looks any more. Safe to call again."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()
            self._progress.setdefault("over", True)
        self._taken = -1

    def _start(self, ms: int) -> bool:
        if self._taken < 0 or self._progress.get("over"):
            return False
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pipesize=PIPE_BYTES,
            )
        except OSError as error:
            self._progress.update(over=True, fault=f"{self._command[0]}: {error.strerror}; install it")
            return False
        self._began_ms = ms
        return True

    def _next(self) -> Image.Image | None:
        """The next picture; None at the end."""
        if self._process is None or self._process.stdout is None:
            return None
        size = self._size[0] * self._size[1] * 3
        data = self._process.stdout.read(size)
        if len(data) < size:
            if not self._taken:
                self._progress["fault"] = "no film that ffmpeg can read"
            self.close()
            return None
        self._taken += 1
        return Image.frombuffer("RGB", self._size, data)


def _command(path: str, width_px: int, height_px: int, program: str) -> list[str]:
    """As large as it fits, black where it does not."""
    room = f"{width_px}:{height_px}"
    fitted = f"scale={room}:force_original_aspect_ratio=decrease,pad={room}:(ow-iw)/2:(oh-ih)/2,fps={FPS}"
    quiet = ["-v", "error", "-nostdin"]
    return [program, *quiet, "-i", path, "-an", "-vf", fitted, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
