"""The catalogue: every text that a visitor, clerk or administrator reads, in Chinese and in English; a module per room.

Keys are dotted, the room first: ``refused.window.busy``, ``window.state.open``. ``{fact}`` is filled in by `words`.
Runs on MicroPython too, though small boards never load it.
"""

from firmware.words import (
    board_profiles,
    cli,
    csv_files,
    demo,
    devices,
    evaluation,
    evidence,
    flashing,
    names,
    parts,
    refused,
    reports,
    screens,
    site_file,
)

LANGUAGES = ("zh", "en")  # the order within each entry; written Cantonese is Chinese here
ROOMS = (
    board_profiles,
    cli,
    csv_files,
    demo,
    devices,
    evaluation,
    evidence,
    flashing,
    names,
    parts,
    refused,
    reports,
    screens,
    site_file,
)

WORDS: "dict[str, tuple[str, str]]" = {}
for _room in ROOMS:
    WORDS.update(_room.WORDS)


def words(key: str, language: str = "zh", **facts: object) -> str:
    """The text of ``key`` in ``language`` (``zh``, ``yue`` or ``en``), its facts filled in.

    Raises KeyError, naming the key, when the catalogue has no such text: a key is written by a programmer, never by
    a visitor.
    """
    if key not in WORDS:
        raise KeyError("no words for " + key + ": add them to firmware/words")
    text = WORDS[key][1 if language == "en" else 0]
    return text.format(**facts) if facts else text
