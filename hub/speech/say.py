"""`python -m hub.speech.say LANGUAGE FILE.wav`: speaks the text on standard input, as a clip of the bank would be."""

import sys
from pathlib import Path

from hub.speech import sound
from hub.speech.clip_bank import WORDS_PER_MIN, finished
from hub.speech.synthesiser import Synthesiser, SynthesiserError


def say(text: str, language: str, path: Path) -> None:
    """Raises ValueError when there is nothing to be heard, and what `Synthesiser` raises."""
    with Synthesiser() as synthesiser:
        raw = synthesiser.say(language, text, WORDS_PER_MIN)
        sound.write_wav(path, sound.to_pcm(finished(raw, synthesiser.rate_hz)))


def main() -> int:
    try:
        say(sys.stdin.read(), sys.argv[1], Path(sys.argv[2]))
    except (ValueError, OSError, SynthesiserError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
