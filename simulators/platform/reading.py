"""How a platform reads what comes: the neutral contract as it is, or the words of an interface document of its own."""

from typing import Any, NamedTuple, Protocol

from simulators.platform.check import complaint
from simulators.platform.page_words import TYPES


class Head(NamedTuple):
    """What the platform goes by, of a record that is to its taste; ``begins``: it may be the first of its subject."""

    id: str
    type: str
    at: str
    subject: str
    order: tuple[int, int]
    begins: bool


class Row(NamedTuple):
    """A record for people."""

    time: str
    title: str
    subject: str
    place: str
    told: dict[str, Any]


class Reading(Protocol):
    """What differs from one platform's interface to the next."""

    def complaint(self, record: Any) -> str:
        """'' when the record is to its taste; else what is wrong with it."""

    def names(self, record: Any) -> tuple[str, str]:
        """Id and subject, as far as a record that may be anything has them."""

    def head(self, record: dict[str, Any]) -> Head:
        """Of one that nothing is wrong with."""

    def row(self, record: dict[str, Any]) -> Row:
        """The same for people."""

    def appointment(self, plain: dict[str, Any]) -> dict[str, Any]:
        """One that is told, in its words."""

    def service(self, id_: str, name: str) -> dict[str, Any]:
        """One that it offers, in its words."""


class NeutralReading:
    """The neutral contract itself."""

    def complaint(self, record: Any) -> str:
        return complaint(record)

    def names(self, record: Any) -> tuple[str, str]:
        return text_of(record, "id"), text_of(record, "subject")

    def head(self, record: dict[str, Any]) -> Head:
        type_, subject = record["type"], record["subject"]
        begins = not subject.startswith("ticket:") or type_ == "ticket.taken"
        return Head(record["id"], type_, record["at"], subject, (record["epoch"], record["sequence"]), begins)

    def row(self, record: dict[str, Any]) -> Row:
        subject = record["subject"].partition(":")[2]
        return Row(record["at"][11:19], TYPES[record["type"]], subject, record["hall"], record["facts"])

    def appointment(self, plain: dict[str, Any]) -> dict[str, Any]:
        return plain

    def service(self, id_: str, name: str) -> dict[str, Any]:
        return {"id": id_, "name": name}


def text_of(record: Any, key: str) -> str:
    """'' where there is none."""
    value = record.get(key) if isinstance(record, dict) else None
    return value if isinstance(value, str) else ""
