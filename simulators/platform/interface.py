"""An interface document as data: which fields an event must have, of which form, with which codes; `interfaces`."""

import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from simulators.platform.reading import Head, Row, text_of

FOLDER = Path(__file__).parent / "interfaces"
_DIGITS = re.compile(r"[0-9]{1,20}")
_TIME = "%Y-%m-%d %H:%M:%S"
_NOT_FIELDS = ("title", "about", "begins", "poor_says")


class Interface:
    """``registered``: further tables, such as the ``businessCode`` of the site; one that is not there takes any text.

    Raises OSError, tomllib.TOMLDecodeError, KeyError for a document that is none.
    """

    def __init__(self, name: str, registered: dict[str, list[str]] | None = None) -> None:
        document = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
        self._keys: dict[str, Any] = document["keys"]
        self._common: dict[str, Any] = document["common"]
        self._events: dict[str, Any] = document["events"]
        self._tables: dict[str, list[str]] = document["tables"] | (registered or {})
        self._appointments: dict[str, str] = document["appointments"]
        self._services: dict[str, str] = document["services"]

    def complaint(self, record: Any) -> str:
        """'' when the record is to the document; else what is wrong with it."""
        if not isinstance(record, dict):
            return "an event must be an object"
        key = self._keys["type"]
        event = self._events.get(text_of(record, key))
        if event is None:
            return f"{key} {record.get(key)!r} is no event of this interface"
        fields = self._common | {name: rule for name, rule in event.items() if name not in _NOT_FIELDS}
        for name, rule in fields.items():
            if found := self._wrong(name, rule, record):
                return found
        if unknown := sorted(set(record) - set(fields)):
            return f"{unknown[0]} is not in the interface of event {record[key]}"
        object_ = record[self._keys["object"]]
        if not re.fullmatch(event["about"] + r":\S{1,90}", object_):
            return f"{self._keys['object']} {object_!r} must be {event['about']}:…"
        says = event.get("poor_says", ())
        is_mute = says and record["satisfaction"] < "3" and not any(record[name] for name in says)
        return f"{' or '.join(says)} must say why, below 3" if is_mute else ""

    def names(self, record: Any) -> tuple[str, str]:
        """Id and object, as far as there are any."""
        return text_of(record, self._keys["id"]), text_of(record, self._keys["object"])

    def head(self, record: dict[str, Any]) -> Head:
        """What it goes by."""
        type_ = record[self._keys["type"]]
        first, second = (int(record[key]) for key in self._keys["order"])
        id_, subject = self.names(record)
        at = record[self._keys["at"]]
        return Head(id_, type_, at, subject, (first, second), self._events[type_].get("begins", False))

    def row(self, record: dict[str, Any]) -> Row:
        """For people."""
        event = self._events[record[self._keys["type"]]]
        told = {name: value for name, value in record.items() if name not in self._common}
        subject = self.names(record)[1].partition(":")[2]
        return Row(record[self._keys["at"]][11:], event["title"], subject, record[self._keys["place"]], told)

    def appointment(self, plain: dict[str, Any]) -> dict[str, Any]:
        """One that is told, in the document's words."""
        flat = {**plain, **plain["person"], "state": "1" if plain["state"] == "cancelled" else "0"}
        for name in ("starts", "ends"):
            flat[name] = datetime.fromisoformat(flat[name]).strftime(_TIME)
        told = {theirs: flat[ours] for ours, theirs in self._appointments.items() if ours in flat}
        return {"sequence": plain["sequence"], **told}

    def service(self, id_: str, name: str) -> dict[str, Any]:
        """One that it offers, in the document's words."""
        return {self._services["id"]: id_, self._services["name"]: name}

    def _wrong(self, name: str, rule: dict[str, Any], record: dict[str, Any]) -> str:
        if name not in record:
            return f"{name} is missing"
        value, kind = record[name], rule["is"]
        if kind == "count":
            is_count = type(value) is int and 0 <= value < 10**6
            return "" if is_count else f"{name} must be a number from 0, not {value!r}"
        if not isinstance(value, str):
            return f"{name} must be text, not {type(value).__name__}"
        if value == "" and "" not in self._tables.get(rule.get("table", ""), ()):
            return "" if rule.get("may_be_empty") else f"{name} must not be empty"
        return self._wrong_text(name, rule, value)

    def _wrong_text(self, name: str, rule: dict[str, Any], value: str) -> str:
        kind = rule["is"]
        if kind == "digits":
            return "" if _DIGITS.fullmatch(value) else f"{name} {value!r} must be digits"
        if kind == "time":
            return "" if _is_time(value) else f"{name} {value!r} is no time like 2026-11-22 09:30:00"
        if kind == "text":
            return "" if len(value) <= rule["most"] else f"{name} is longer than {rule['most']}"
        table = self._tables.get(rule["table"])
        for code in value.split(",") if kind == "list" else [value]:
            if table is not None and code not in table:
                return f"{name} {code!r} is not in the code table {rule['table']}"
        return ""


def _is_time(text: str) -> bool:
    try:
        return datetime.strptime(text, _TIME).strftime(_TIME) == text
    except ValueError:
        return False
