"""Turns a TOML tree into checked rows: every fault of every key, not only the first."""

import difflib
import types
import typing
from typing import Any, TypeVar

import msgspec

from board_profiles.drivers import DRIVERS, Driver
from board_profiles.key_types import extras
from board_profiles.problems import Problems

Row = TypeVar("Row", bound=msgspec.Struct)


class Fitted(msgspec.Struct, frozen=True, kw_only=True):
    """A driver with its keys, as a profile names it. ``key`` is where it stands in the file."""

    key: str
    driver: Driver
    row: msgspec.Struct
    name: str = ""  # of a bus or a part

    def told(self) -> dict[str, Any]:
        """What the board is told: plain values."""
        return {"driver": self.driver.name, **msgspec.structs.asdict(self.row)}


def read_row(cls: type[Row], raw: Any, key: str, problems: Problems) -> Row | None:
    """The row, or None with all its faults reported."""
    if not isinstance(raw, dict):
        problems.add("not_a_table", key, value=shown(raw))
        return None
    before = len(problems.lines)
    fields = msgspec.structs.fields(cls)
    known = [field.name for field in fields]
    for name in raw:
        if name not in known:
            problems.add("unknown_key", join(key, name), known=", ".join(known), guess=nearest(name, known))
    values = {}
    for field in fields:
        at = join(key, field.name)
        if field.name not in raw:
            if field.required:
                problems.add("missing_key", key, missing=field.name, right=problems.right(_right(field.type)))
        elif (inner := struct_of(field.type)) is not None:
            values[field.name] = read_row(inner, raw[field.name], at, problems)
        else:
            try:
                values[field.name] = msgspec.convert(raw[field.name], field.type)
            except msgspec.ValidationError:
                problems.add("wrong_value", at, value=shown(raw[field.name]), right=problems.right(_right(field.type)))
    return cls(**values) if len(problems.lines) == before else None


def read_fitted(raw: Any, key: str, place: str, problems: Problems, name: str = "") -> Fitted | None:
    """What stands under ``driver =`` and beside it; None with all faults reported."""
    if not isinstance(raw, dict):
        problems.add("not_a_table", key, value=shown(raw))
        return None
    fitting = sorted(driver.name for driver in DRIVERS.values() if driver.place == place)
    wanted = raw.get("driver")
    if not isinstance(wanted, str) or wanted not in DRIVERS:
        said = shown(wanted) if "driver" in raw else "-"
        problems.add("unknown_driver", join(key, "driver"), value=said, known=", ".join(fitting))
        return None
    driver = DRIVERS[wanted]
    if driver.place != place:
        problems.add("wrong_place", join(key, "driver"), value=wanted, known=", ".join(fitting))
        return None
    row = read_row(driver.row, {field: value for field, value in raw.items() if field != "driver"}, key, problems)
    return Fitted(key=key, driver=driver, row=row, name=name) if row is not None else None


def struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """The struct that a key's type is, alone or or-None."""
    options = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    structs = [option for option in options if isinstance(option, type) and issubclass(option, msgspec.Struct)]
    return structs[0] if structs else None


def _right(kind: Any) -> str:
    for option in (kind, *typing.get_args(kind)):
        if "right" in extras(option):
            return str(extras(option)["right"])
    return "table"


def join(key: str, name: str) -> str:
    """A key inside a table."""
    return f"{key}.{name}" if key else name


def shown(value: object) -> str:
    """A value as a person wrote it, short."""
    text = str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def nearest(name: str, known: list[str]) -> str:
    """The known word that was probably meant, else empty."""
    return next(iter(difflib.get_close_matches(name, known, 1)), "") or "-"
