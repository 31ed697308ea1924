"""What the platform has received: each record once, in order per subject; and what came wrong. Without network."""

import json
from collections import Counter, deque
from pathlib import Path
from typing import Any

from simulators.platform.check import complaint

SHOWN = 50  # newest records on the page, and newest troubles


class Received:
    """``store``: a JSONL file, one accepted record a line; what is in it counts as received. None keeps nothing."""

    def __init__(self, store: Path | None = None) -> None:
        self._ids: set[str] = set()
        self._order: dict[str, tuple[int, int]] = {}  # subject → (epoch, sequence) of its newest
        self.subjects: dict[str, list[str]] = {}  # subject → types in order of arrival
        self.types: Counter[str] = Counter()
        self.newest: deque[dict[str, Any]] = deque(maxlen=SHOWN)
        self.duplicates = 0
        self.rejected: Counter[str] = Counter()  # reason → how many
        self.troubles: deque[str] = deque(maxlen=SHOWN)
        self.out_of_order = 0
        self._file = None
        if store is not None:
            self._load(store)
            self._file = store.open("a", encoding="utf-8")

    def close(self) -> None:
        """What was received stays readable here."""
        if self._file:
            self._file.close()
            self._file = None

    @property
    def count(self) -> int:
        """Of different records."""
        return len(self._ids)

    def take(self, records: list[Any]) -> list[dict[str, str]]:
        """The verdict on each record of one request, in order. What is accepted is in the file on return."""
        verdicts = []
        rejected: dict[str, str] = {}  # subject → the id it waits behind
        for record in records:
            verdict, reason = self._judge(record, rejected)
            id_ = record.get("id", "") if isinstance(record, dict) else ""
            if verdict == "rejected":
                self._note_rejected(record, str(id_), reason, rejected)
            verdicts.append({"id": str(id_), "verdict": verdict} | ({"reason": reason} if reason else {}))
        if self._file:
            self._file.flush()
        return verdicts

    def tickets(self) -> dict[str, list[str]]:
        """Ticket id → the types of its records, in order of arrival."""
        return {s.partition(":")[2]: types for s, types in self.subjects.items() if s.startswith("ticket:")}

    def counts(self) -> dict[str, Any]:
        """Small, whatever was received."""
        return {
            "records": self.count,
            "duplicates": self.duplicates,
            "out_of_order": self.out_of_order,
            "rejected": sum(self.rejected.values()),
            "reasons": dict(self.rejected.most_common(20)),
            "subjects": len(self.subjects),
            "types": dict(sorted(self.types.items())),
        }

    def _judge(self, record: Any, rejected: dict[str, str]) -> tuple[str, str]:
        if reason := complaint(record):
            return "rejected", reason
        if record["id"] in self._ids:
            self.duplicates += 1
            return "duplicate", ""
        subject = record["subject"]
        if subject in rejected:
            return "rejected", f"behind {rejected[subject]}"
        if (record["epoch"], record["sequence"]) <= self._order.get(subject, (-1, -1)):
            self.out_of_order += 1
            return "rejected", "out of order: a later record of this subject is here already"
        if subject not in self._order and subject.startswith("ticket:") and record["type"] != "ticket.taken":
            self.out_of_order += 1
            return "rejected", "out of order: this ticket was not taken"
        self._keep(record)
        if self._file:
            self._file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
        return "accepted", ""

    def _note_rejected(self, record: Any, id_: str, reason: str, rejected: dict[str, str]) -> None:
        self.rejected[reason.partition(" ")[0] if reason.startswith("behind") else reason] += 1
        self.troubles.append(f"{id_}: {reason}")
        subject = record.get("subject") if isinstance(record, dict) else None
        if isinstance(subject, str):
            rejected.setdefault(subject, id_)

    def _keep(self, record: dict[str, Any]) -> None:
        self._ids.add(record["id"])
        subject, type_ = record["subject"], record["type"]
        self._order[subject] = (record["epoch"], record["sequence"])
        self.subjects.setdefault(subject, []).append(type_)
        self.types[type_] += 1
        self.newest.append(record)

    def _load(self, store: Path) -> None:
        """A last line without its end was never answered for: it is cut off."""
        if not store.exists():
            return
        whole = store.read_bytes()
        kept = whole[: whole.rfind(b"\n") + 1]
        if len(kept) < len(whole):
            store.write_bytes(kept)
        for line in kept.splitlines():
            self._keep(json.loads(line))
