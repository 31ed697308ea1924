"""What the bench's figures should be: the one table of aims, and which of them a run missed."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Aim:
    """Of one figure; both ends are as good as what is between them."""

    at_least: float = float("-inf")
    at_most: float = float("inf")

    def __str__(self) -> str:
        if self.at_least == self.at_most:
            return f"{self.at_most:g}"
        return f"≤ {self.at_most:g}" if self.at_least == float("-inf") else f"≥ {self.at_least:g}"

    def is_met_by(self, figure: float) -> bool:
        """A figure that is no number meets nothing."""
        return self.at_least <= figure <= self.at_most


NONE = Aim(0, 0)
AIMS = {
    "press_to_strip_ratio_p50": Aim(at_most=2),
    "take_per_s_8": Aim(at_least=2000),
    "call_per_s_8": Aim(at_least=2000),
    "duplicate_numbers": NONE,
    "reconnect_400_s": Aim(at_most=15),
    "outage_take_ratio": Aim(at_most=1.1),
    "outage_catch_up_s": Aim(at_most=300),
    "outage_missing": NONE,
    "outage_doubles": NONE,
    "year_take_ratio": Aim(at_least=0.9),
    "year_start_s": Aim(at_most=3),
    "month_report_s": Aim(at_most=5),
    "strip_region_ms": Aim(at_most=10),
    "colorlight_fps": Aim(at_least=60),
    "first_sample_ms": Aim(at_most=150),
    "page_fps": Aim(at_least=30),
}


def missed(figures: Mapping[str, float]) -> list[str]:
    """The figures that were measured and are not as they should be, in the order of the table."""
    return [name for name, aim in AIMS.items() if name in figures and not aim.is_met_by(figures[name])]
