"""What the platform has received: each record once, in order per subject; and what came wrong. Without network."""

import bisect
import json
from collections import Counter, deque
from pathlib import Path
from typing import Any

from simulators.platform.ledger import digest, total
from simulators.platform.reading import NeutralReading, Reading

SHOWN = 50  # newest records on the page, and newest troubles


class Received:
    """``store``: a JSONL file, one accepted record a line; what is in it counts as received. None keeps nothing.

    ``reading`` knows the platform's own words; without one, those of the neutral contract.
    """

    def __init__(self, store: Path | None = None, reading: Reading | None = None) -> None:
        self.reading = reading or NeutralReading()
        self._records: dict[str, tuple[str, str, str]] = {}  # id → day, type, digest
        self._steps: dict[str, list[tuple[int, int, str]]] = {}  # subject → (epoch, sequence, type), in order
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
        return len(self._records)

    @property
    def subjects(self) -> dict[str, list[str]]:
        """Subject → the types of its records, in order."""
        return {subject: [type_ for _, _, type_ in steps] for subject, steps in self._steps.items()}

    def day(self, day: str) -> dict[str, dict[str, str]]:
        """Of ``2026-11-22``: type → id → digest."""
        found: dict[str, dict[str, str]] = {}
        for id_, (on, type_, sum_) in self._records.items():
            if on == day:
                found.setdefault(type_, {})[id_] = sum_
        return found

    def sums(self, day: str) -> dict[str, Any]:
        """Of that day: type → count and hash."""
        return {type_: total(digests) for type_, digests in sorted(self.day(day).items())}

    def lose(self, id_: str) -> None:
        """As a platform whose own database lost a row."""
        del self._records[id_]

    def spoil(self, id_: str) -> None:
        """As a platform whose own database has another content in a row."""
        day, type_, _ = self._records[id_]
        self._records[id_] = (day, type_, digest({"id": id_}))

    def repair(self, records: list[Any], word: str = "") -> list[dict[str, str]]:
        """Each takes the place of the one with its id, whatever came since. The verdicts."""
        verdicts = []
        for record in records:
            id_, _ = self.reading.names(record)
            if reason := self.reading.complaint(record) or self._disliked(record, word):
                verdicts.append({"id": id_, "verdict": "rejected", "reason": reason})
                continue
            self._keep(record)
            self._write(record)
            verdicts.append({"id": id_, "verdict": "accepted"})
        if self._file:
            self._file.flush()
        return verdicts

    def take(self, records: list[Any], word: str = "") -> list[dict[str, str]]:
        """The verdict on each record of one request, in order. What is accepted is in the file on return.

        A platform that is picky rejects those in whose facts ``word`` stands.
        """
        verdicts = []
        rejected: dict[str, str] = {}  # subject → the id it waits behind
        for record in records:
            verdict, reason = self._judge(record, rejected, word)
            id_, subject = self.reading.names(record)
            if verdict == "rejected":
                self._note_rejected(subject, id_, reason, rejected)
            verdicts.append({"id": id_, "verdict": verdict} | ({"reason": reason} if reason else {}))
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
            "subjects": len(self._steps),
            "types": dict(sorted(self.types.items())),
        }

    def _judge(self, record: Any, rejected: dict[str, str], word: str) -> tuple[str, str]:
        if reason := self.reading.complaint(record) or self._disliked(record, word):
            return "rejected", reason
        head = self.reading.head(record)
        if head.id in self._records:
            self.duplicates += 1
            return "duplicate", ""
        if head.subject in rejected:
            return "rejected", f"behind {rejected[head.subject]}"
        steps = self._steps.get(head.subject)
        if steps and head.order <= steps[-1][:2]:
            self.out_of_order += 1
            return "rejected", "out of order: a later record of this subject is here already"
        if not steps and not head.begins:
            self.out_of_order += 1
            what = head.subject.partition(":")[0]
            return "rejected", f"out of order: nothing is known of this {what} with which this could begin"
        self._keep(record)
        self._write(record)
        return "accepted", ""

    def _write(self, record: dict[str, Any]) -> None:
        if self._file:
            self._file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")

    def _note_rejected(self, subject: str, id_: str, reason: str, rejected: dict[str, str]) -> None:
        self.rejected[reason.partition(" ")[0] if reason.startswith("behind") else reason] += 1
        self.troubles.append(f"{id_}: {reason}")
        if subject:
            rejected.setdefault(subject, id_)

    def _keep(self, record: dict[str, Any]) -> None:
        head = self.reading.head(record)
        self._records[head.id] = (head.at[:10], head.type, digest(record))
        step = (*head.order, head.type)
        steps = self._steps.setdefault(head.subject, [])
        at = bisect.bisect_left(steps, step)
        if steps[at : at + 1] != [step]:
            steps.insert(at, step)
            self.types[head.type] += 1
            self.newest.append(record)

    def _disliked(self, record: dict[str, Any], word: str) -> str:
        """Why a picky platform rejects a record that nothing is wrong with."""
        if not word:
            return ""
        told = self.reading.row(record).told
        return next((f"facts.{name}: no such {name} here" for name, v in told.items() if word in str(v)), "")

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
