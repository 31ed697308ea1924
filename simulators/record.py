"""What happened to the people of a scenario: noted while it runs, summed up at its end."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

FINISHED, PASSED, GAVE_UP, UNSERVED, NO_TICKET = "finished", "passed", "gave up", "unserved", "no ticket"
OUTCOMES = (FINISHED, PASSED, GAVE_UP, UNSERVED, NO_TICKET)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A few percentiles of a measured time, in the unit of its name."""

    count: int
    p50: float
    p90: float
    p99: float
    longest: float


def spread(values: Sequence[float]) -> Spread:
    """The percentiles of ``values``; zeros when there are none."""
    ordered = sorted(values) or [0.0]

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)

    return Spread(count=len(values), p50=at(0.5), p90=at(0.9), p99=at(0.99), longest=at(1.0))


@dataclass(frozen=True, kw_only=True)
class Result:
    """A scenario in figures. Felt times are those of the simulated people, real times those of the wall's clock."""

    scenario: str
    visitors: int
    tickets: tuple[str, ...]  # numbers on paper, in the order of printing
    finished: int
    passed: int
    gave_up: int
    unserved: int
    no_ticket: int
    rated: int
    reprinted: int
    transferred: int
    held: int
    strays: tuple[str, ...]  # papers that nobody took: pressed twice, printed twice
    doubles: tuple[str, ...]  # what must never happen, in words; empty when all is well
    presses: dict[str, int]  # by key
    pressed_again: int  # nothing had come of the first press
    waiting_felt_s: Spread  # from the paper in hand to the number called
    serving_felt_s: Spread
    paper_real_ms: Spread  # from the choice to the paper
    key_real_ms: Spread  # from a key of the call terminal to what it brings on the terminal's screen
    is_complete: bool  # everybody went home by themselves, before the time limit
    took_s: float

    def to_json(self) -> str:
        """One JSON object."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass
class Record:
    """The notebook of a running scenario; people write into it what they do and what is done to them."""

    outcomes: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    presses: Counter[str] = field(default_factory=Counter)
    tickets: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)
    waiting_felt_s: list[float] = field(default_factory=list)
    serving_felt_s: list[float] = field(default_factory=list)
    paper_real_ms: list[float] = field(default_factory=list)
    key_real_ms: list[float] = field(default_factory=list)
    _holders: dict[str, int] = field(default_factory=dict)

    def got_paper(self, visitor: int, number: str) -> None:
        """``visitor`` holds a first print of ``number``; nobody else may."""
        holder = self._holders.setdefault(number, visitor)
        if holder != visitor:
            self.doubles.append(f"{number} is held by visitor {holder} and by visitor {visitor}")
        self.tickets.append(number)

    def called_elsewhere(self, number: str, first: int, second: int) -> None:
        """``number`` was called to window ``second`` while it was called to ``first``."""
        self.doubles.append(f"{number} was called to window {first} and to window {second}")

    def result(self, scenario: str, visitors: int, is_complete: bool, took_s: float) -> Result:
        """The notebook summed up."""
        return Result(
            scenario=scenario,
            visitors=visitors,
            tickets=tuple(self.tickets),
            finished=self.outcomes[FINISHED],
            passed=self.outcomes[PASSED],
            gave_up=self.outcomes[GAVE_UP],
            unserved=visitors - sum(self.outcomes[o] for o in (FINISHED, PASSED, GAVE_UP, NO_TICKET)),
            no_ticket=self.outcomes[NO_TICKET],
            rated=self.counts["rated"],
            reprinted=self.counts["reprinted"],
            transferred=self.counts["transferred"],
            held=self.counts["held"],
            strays=tuple(self.strays),
            doubles=tuple(self.doubles),
            presses=dict(self.presses),
            pressed_again=self.counts["pressed again"],
            waiting_felt_s=spread(self.waiting_felt_s),
            serving_felt_s=spread(self.serving_felt_s),
            paper_real_ms=spread(self.paper_real_ms),
            key_real_ms=spread(self.key_real_ms),
            is_complete=is_complete,
            took_s=round(took_s, 2),
        )
