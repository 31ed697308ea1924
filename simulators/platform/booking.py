"""What the platform offers and citizens book: services; appointments with growing sequence numbers, told behind one."""

from typing import Any

PAGE = 200  # appointments in one answer


class Booking:
    """An appointment that changes, or is cancelled, is told again under a new number."""

    def __init__(self) -> None:
        self._told: list[dict[str, Any]] = []
        self._newest: dict[str, dict[str, Any]] = {}
        self.services: dict[str, str] = {}  # id → name

    def book(self, id_: str, service: str, starts: str, ends: str, **person: str) -> None:
        """Also a change of one that is booked. ``person``: any of name, card, phone, code."""
        self._tell({"id": id_, "service": service, "starts": starts, "ends": ends, "state": "booked", "person": person})

    def cancel(self, id_: str) -> None:
        """Raises KeyError when nothing of that id was booked."""
        self._tell({**self._newest[id_], "state": "cancelled"})

    def since(self, after: int) -> dict[str, Any]:
        """The page behind a number: those that were not told anew since."""
        page = self._told[after : after + PAGE]
        return {"appointments": page, "next": after + len(page)}

    def _tell(self, appointment: dict[str, Any]) -> None:
        told = {**appointment, "sequence": len(self._told) + 1}
        self._told.append(told)
        self._newest[told["id"]] = told
