"""A day in figures: how many records of each type, and a hash over them, so that two sides can compare. Pure.

A record's digest is SHA-256 over its JSON with sorted keys and without spaces, in UTF-8. A type's hash is SHA-256 over
the lines ``id digest`` in alphabetical order, each with a line feed.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

Plain = dict[str, Any]
Digests = dict[str, str]  # record id → digest


class Sum(msgspec.Struct, frozen=True):
    """All records of one type and day."""

    count: int
    hash: str


class Difference(msgspec.Struct, frozen=True):
    """``missing``: they do not have it; ``different``: they have other content; ``unknown``: only they have it."""

    type: str
    id: str
    what: Literal["missing", "different", "unknown"]


def digest(plain: Plain) -> str:
    """Of one record as it goes out."""
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def sums(types: dict[str, Digests]) -> dict[str, Sum]:
    """Type → its sum."""
    return {type_: Sum(len(digests), _hash(digests)) for type_, digests in types.items()}


def unequal(ours: dict[str, Sum], theirs: dict[str, Sum]) -> list[str]:
    """The types that the two sides do not have alike."""
    nothing = Sum(0, _hash({}))
    return [type_ for type_ in sorted(ours | theirs) if ours.get(type_, nothing) != theirs.get(type_, nothing)]


def differences(type_: str, ours: Digests, theirs: Digests) -> list[Difference]:
    """What makes them unequal, by id."""
    found = []
    for id_ in sorted(ours | theirs):
        if id_ not in theirs:
            found.append(Difference(type_, id_, "missing"))
        elif id_ not in ours:
            found.append(Difference(type_, id_, "unknown"))
        elif ours[id_] != theirs[id_]:
            found.append(Difference(type_, id_, "different"))
    return found


def _hash(digests: Digests) -> str:
    summed = hashlib.sha256()
    for line in _lines(digests):
        summed.update(line)
    return summed.hexdigest()


def _lines(digests: Digests) -> Iterable[bytes]:
    return (f"{id_} {digests[id_]}\n".encode() for id_ in sorted(digests))
