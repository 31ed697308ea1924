"""What one platform has been sent: how far it has got, its receipts, and what was set aside for a person to mend."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, delete, func, insert, select, true, update

from hub.journal import tables
from hub.journal.aside import Aside, Receipt
from hub.journal.journal import Journal

_ASIDE, _RECEIPT = tables.platform_aside, tables.platform_receipt
KEPT, DUE, ARRIVED = "kept", "due", "arrived"
OPEN = (KEPT, DUE)
_COLUMNS = [_ASIDE.c[name] for name in Aside.__struct_fields__]


class Deliveries:
    """``name`` is the cursor's: one for each platform. All calls block and raise `JournalError`s."""

    def __init__(self, journal: Journal, name: str) -> None:
        self._journal = journal
        self._name = name

    @property
    def position(self) -> int:
        """Settled up to here."""
        return self._journal.cursor(self._name)

    def settle(self, position: int, asides: Sequence[Aside] = (), receipts: Sequence[Receipt] = ()) -> None:
        """Moves the cursor and keeps what happened on the way, together. What is known already stays as it is."""
        with self._journal.marking() as marker:
            self._journal.put_cursor(marker, self._name, position)
            self._add(marker, _ASIDE, "id", asides)
            self._add(marker, _RECEIPT, "first_id", receipts)

    def asides(self, limit: int = 1_000, *states: str) -> list[Aside]:
        """Oldest first; those in ``states``, or all that did not arrive yet."""
        query = select(*_COLUMNS).where(_ASIDE.c.name == self._name, _ASIDE.c.state.in_(states or OPEN))
        query = query.order_by(_ASIDE.c.position, _ASIDE.c.id)
        with self._journal.reading() as connection:
            return [_aside(row) for row in connection.execute(query.limit(limit)).mappings()]

    def find(self, id_: str) -> Aside | None:
        """One that did not arrive yet."""
        query = select(*_COLUMNS).where(_ASIDE.c.name == self._name, _ASIDE.c.id == id_, _ASIDE.c.state.in_(OPEN))
        with self._journal.reading() as connection:
            row = connection.execute(query).mappings().first()
        return _aside(row) if row is not None else None

    def subjects(self) -> dict[str, int]:
        """Subject → how many of its records are set aside."""
        query = select(_ASIDE.c.subject, func.count()).where(_ASIDE.c.name == self._name, _ASIDE.c.state.in_(OPEN))
        query = query.group_by(_ASIDE.c.subject)
        with self._journal.reading() as connection:
            return {subject: count for subject, count in connection.execute(query)}

    def ids(self) -> set[str]:
        """Of all that is set aside."""
        query = select(_ASIDE.c.id).where(_ASIDE.c.name == self._name, _ASIDE.c.state.in_(OPEN))
        with self._journal.reading() as connection:
            return set(connection.execute(query).scalars())

    def corrections(self) -> dict[str, str]:
        """Record id → the JSON that arrived in its place."""
        query = select(_ASIDE.c.id, _ASIDE.c.record).where(_ASIDE.c.name == self._name, _ASIDE.c.state == ARRIVED)
        with self._journal.reading() as connection:
            return {id_: record for id_, record in connection.execute(query)}

    def mend(self, id_: str, record: str) -> None:
        """What is to be sent in its place. The journal itself never changes."""
        self._change(_ASIDE.c.id == id_, {"record": record, "is_mended": 1})

    def send_again(self, subject: str) -> int:
        """All of one subject, in their order; '' means all of all. Gives how many."""
        which = _ASIDE.c.subject == subject if subject else true()
        return self._change(and_(which, _ASIDE.c.state.in_(OPEN)), {"state": DUE})

    def refused_again(self, reasons: Mapping[str, str], behind: str) -> None:
        """The platform would still not have these, for ``reasons``; what is due of the same subjects waits ``behind``.

        In one step: what a person wants sent again a moment later is not confused with it.
        """
        own = _ASIDE.c.name == self._name
        subjects = select(_ASIDE.c.subject).where(own, _ASIDE.c.id.in_(list(reasons)))
        with self._journal.marking() as marker:
            waiting = own & (_ASIDE.c.state == DUE) & _ASIDE.c.subject.in_(subjects)
            marker.execute(update(_ASIDE).where(waiting).values(state=KEPT, reason=behind))
            for id_, reason in reasons.items():
                marker.execute(update(_ASIDE).where(own, _ASIDE.c.id == id_).values(state=KEPT, reason=reason))

    def arrived(self, ids: Sequence[str]) -> None:
        """They need nobody any more; those that were mended stay, for the journal says something else of them."""
        which = and_(_ASIDE.c.name == self._name, _ASIDE.c.id.in_(ids))
        with self._journal.marking() as marker:
            marker.execute(delete(_ASIDE).where(which, _ASIDE.c.is_mended == 0))
            marker.execute(update(_ASIDE).where(which).values(state=ARRIVED))

    def receipts(self, limit: int = 100) -> list[Receipt]:
        """The newest first."""
        columns = [_RECEIPT.c[name] for name in Receipt.__struct_fields__]
        query = select(*columns).where(_RECEIPT.c.name == self._name).order_by(_RECEIPT.c.at_ms.desc()).limit(limit)
        with self._journal.reading() as connection:
            return [Receipt(**row) for row in connection.execute(query).mappings()]

    def forget_receipts(self, before_ms: int) -> None:
        """Older ones are no longer evidence that anybody asks for."""
        with self._journal.marking() as marker:
            marker.execute(delete(_RECEIPT).where(_RECEIPT.c.name == self._name, _RECEIPT.c.at_ms < before_ms))

    def _change(self, which: ColumnElement[bool], values: dict[str, object]) -> int:
        with self._journal.marking() as marker:
            return marker.execute(update(_ASIDE).where(_ASIDE.c.name == self._name, which).values(values)).rowcount

    def _add(self, marker: Connection, table: Table, key: str, rows: Sequence[Aside | Receipt]) -> None:
        """Those that are not in the table yet."""
        if not rows:
            return
        ids = [getattr(row, key) for row in rows]
        query = select(table.c[key]).where(table.c.name == self._name, table.c[key].in_(ids))
        known = set(marker.execute(query).scalars())
        new = [{"name": self._name, **_row(row)} for row in rows if getattr(row, key) not in known]
        if new:
            marker.execute(insert(table), new)


def _aside(row: RowMapping) -> Aside:
    return Aside(**{**row, "is_mended": bool(row["is_mended"])})


def _row(struct: Aside | Receipt) -> dict[str, object]:
    return {name: getattr(struct, name) for name in struct.__struct_fields__}
