"""A platform's own field names and codes: a mapping file read and checked, and records put into its words. Pure.

```toml
id = "businessId"            # the key of the record's id: the platform's answers name it as "id"
type = "eventType"           # the key of the record's type: days are reconciled by it
leave_out = ["device.came"]  # types that this platform does not want
[fields]                     # of every record: key of the platform = where the value comes from
businessId = "id"
eventType  = { from = "type", table = "types" }
eventTime  = { from = "at", as = "local" }      # 2026-11-22 09:30:00; else ISO 8601
source     = { is = "hallhub" }
[types."ticket.taken"]       # more of this type
queueNo    = "facts.number"
[tables.types]               # code tables: ours = theirs
"ticket.taken" = "10"
```

``[appointments]`` and ``[services]`` are about what the platform tells us: see `inbound` and `services`.

A value that its table does not know is not guessed: the record is set aside with the reason.
"""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import msgspec

from hub.platform import inbound
from hub.platform.contract import TYPES, Fact, Record
from hub.platform.inbound import Inbound

_TYPES = frozenset(row.type for row in TYPES.values())
_OF_RECORD = frozenset(Record.__struct_fields__) - {"facts"}
_FACTS_OF = {row.type: frozenset(row.facts) for row in TYPES.values()}
_SERVICE = ("id", "name")
Plain = dict[str, Any]


class Source(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from", "is_": "is", "as_": "as"}
):
    """Where a value comes from: a field of the record or of its facts, or always the same."""

    from_: str = ""
    is_: str | int | None = None
    table: str = ""
    as_: Literal["plain", "local", "text", "list"] = "plain"


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One platform's words. Without fields, records go out as they are."""

    id: str = "id"
    type: str = "type"
    leave_out: tuple[str, ...] = ()
    fields: dict[str, str | Source] = {}
    types: dict[str, dict[str, str | Source]] = {}
    tables: dict[str, dict[str, str | int]] = {}
    appointments: Inbound = Inbound()
    services: dict[str, str] = {}

    def is_wanted(self, record: Record) -> bool:
        """Whether the platform hears of this type at all."""
        return record.type not in self.leave_out

    def put(self, record: Record) -> Plain:
        """The record in the platform's words. Raises `Unmapped`."""
        plain: Plain = msgspec.to_builtins(record)
        if not self.fields:
            return plain
        return {key: self._value(source, plain) for key, source in self._sources(record.type).items()}

    def _sources(self, type_: str) -> dict[str, str | Source]:
        return {**self.fields, **self.types.get(type_, {})}

    def _value(self, source: str | Source, plain: Plain) -> Fact:
        source = Source(from_=source) if isinstance(source, str) else source
        if source.is_ is not None:
            return source.is_
        place, _, name = source.from_.rpartition(".")
        value = plain["facts"][name] if place else plain[name]
        if source.table:
            return self._code(source, value)
        if source.as_ == "local":
            return str(value)[:19].replace("T", " ")
        if source.as_ == "list":
            return ",".join(str(one) for one in value)
        return str(value) if source.as_ == "text" else value

    def _code(self, source: Source, value: Any) -> str | int:
        table = self.tables[source.table]
        if str(value) not in table:
            raise Unmapped(f"{source.from_} is {value!r}: the table {source.table} of the mapping has no code for it")
        return table[str(value)]


class Unmapped(Exception):
    """A record has a value that the platform has no code for; the words say which."""


class MappingError(Exception):
    """One line: which file and key are wrong, and what would be right."""


NEUTRAL = Mapping()


def load(name: str) -> Mapping:
    """'' is the neutral contract itself; else a bundled mapping's name, or a file. Raises `MappingError`."""
    if not name:
        return NEUTRAL
    bundled = resources.files("hub.platform") / "mappings" / f"{name}.toml"
    try:
        text = (bundled if bundled.is_file() else Path(name)).read_text(encoding="utf-8")
        mapping = msgspec.convert(tomllib.loads(text), Mapping)
    except OSError as fault:
        raise MappingError(
            f"{name}: {fault.strerror}; name a bundled mapping ({', '.join(names())}) or a file"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as fault:
        raise MappingError(f"{name}: {fault}") from None
    for problem in problems(mapping):
        raise MappingError(f"{name}: {problem}")
    return mapping


def names() -> list[str]:
    """Of the bundled mappings."""
    found = (resources.files("hub.platform") / "mappings").iterdir()
    return sorted(file.name.removesuffix(".toml") for file in found if file.name.endswith(".toml"))


def problems(mapping: Mapping) -> list[str]:
    """What is wrong with it, a line each."""
    found = inbound.problems(mapping.appointments)
    found += [
        f"services: there is no {name!r}; there are id, name" for name in mapping.services if name not in _SERVICE
    ]
    for type_ in (*mapping.leave_out, *mapping.types):
        if type_ not in _TYPES:
            found.append(f"there is no type {type_!r}; there are {', '.join(sorted(_TYPES))}")
    places = [("fields", "", mapping.fields)]
    places += [(f'types."{type_}"', type_, fields) for type_, fields in mapping.types.items() if type_ in _TYPES]
    for where, type_, fields in places:
        for key, source in fields.items():
            found += [f"{where}.{key}: {problem}" for problem in _source_problems(mapping, type_, source)]
    for name, key in (("id", mapping.id), ("type", mapping.type)):
        if mapping.fields and key not in mapping.fields:
            found.append(f"{name} says {key!r}, but fields has no such key")
    if mapping.types and not mapping.fields:
        found.append("types has fields, but fields, those of every record, has none")
    return found


def _source_problems(mapping: Mapping, type_: str, source: str | Source) -> list[str]:
    source = Source(from_=source) if isinstance(source, str) else source
    if source.is_ is not None:
        return ["say either from or is, not both"] if source.from_ or source.table else []
    found = []
    place, _, name = source.from_.rpartition(".")
    if place == "facts" and type_:
        if name not in _FACTS_OF[type_]:
            found.append(f"{type_} has no fact {name!r}; it has {', '.join(sorted(_FACTS_OF[type_])) or 'none'}")
    elif place == "facts":
        found.append("facts differ from type to type: put it under types")
    elif source.from_ not in _OF_RECORD:
        found.append(f"no record has {source.from_!r}; it has {', '.join(sorted(_OF_RECORD))} and facts.…")
    if source.table and source.table not in mapping.tables:
        found.append(f"there is no table {source.table!r}")
    return found
