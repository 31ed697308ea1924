"""What the keys of one driver must be to each other, when each of them alone is right."""

from collections.abc import Callable
from itertools import pairwise

from board_profiles.chip_rows import RMII_CLOCK_IN, RMII_CLOCK_OUT, ButtonLoop, LanRmii, PanelHub75
from board_profiles.key_types import Row
from board_profiles.linux_rows import KeysRow, PanelColorlight, PanelOnbon, SenderNovastar, TouchScreenRow
from board_profiles.problems import Problems
from board_profiles.reading import Fitted, join, shown

MATRIX_NUMBERS = 6
KEYS_OF_KIND = {"call_terminal": 10, "evaluation_terminal": 5}  # as `firmware.parts.keys` puts words on them


def check_row(fitted: Fitted, problems: Problems) -> None:
    """Reports what does not go together in one driver's table."""
    for row, check in _CHECKS:
        if isinstance(fitted.row, row):
            check(fitted, problems)


def check_keys_of_kind(fitted: Fitted, kind: str, problems: Problems) -> None:
    """A keypad has every key of its kind once; those beyond are a call terminal's, for the services it sends on to."""
    if not isinstance(fitted.row, KeysRow):
        return
    codes, count = fitted.row.codes, KEYS_OF_KIND.get(kind, 0)
    key = join(fitted.key, "codes")
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        problems.add("codes_twice", key, codes=", ".join(map(str, twice)))
    if len(codes) < count or (len(codes) > count and kind != "call_terminal"):
        problems.add("codes_of_kind", key, kind=kind, count=count, found=len(codes))


def _check_loop(fitted: Fitted, problems: Problems) -> None:
    limits = ("short_below", "alarm_from", "open_from")
    for lower, upper in pairwise(limits):
        if getattr(fitted.row, lower) >= getattr(fitted.row, upper):
            problems.add("limits_crossed", join(fitted.key, upper), other=lower, value=getattr(fitted.row, lower))


def _check_rmii_clock(fitted: Fitted, problems: Problems) -> None:
    row = fitted.row
    assert isinstance(row, LanRmii)
    good = RMII_CLOCK_OUT if row.is_clock_out else RMII_CLOCK_IN
    if row.clock not in good:
        code = "rmii_clock_out" if row.is_clock_out else "rmii_clock_in"
        problems.add(code, join(fitted.key, "clock"), pin=row.clock, good=", ".join(map(str, good)))


def _check_hub75(fitted: Fitted, problems: Problems) -> None:
    first = getattr(fitted.row, "r1", 0)
    for at, colour in enumerate(("r1", "g1", "b1", "r2", "g2", "b2")):
        if getattr(fitted.row, colour) != first + at:
            problems.add("not_in_a_row", join(fitted.key, colour), pin=first + at)


def _check_reached_by(fitted: Fitted, problems: Problems) -> None:
    host, device = getattr(fitted.row, "host", ""), getattr(fitted.row, "device", "")
    if bool(host) == bool(device):
        problems.add("host_and_device" if host else "host_or_device", fitted.key)


def _check_calibration(fitted: Fitted, problems: Problems) -> None:
    row = fitted.row
    assert isinstance(row, TouchScreenRow)
    if len(row.calibration) not in (0, MATRIX_NUMBERS):
        facts = {"value": shown(row.calibration), "right": problems.right("matrix")}
        problems.add("wrong_value", join(fitted.key, "calibration"), **facts)


def _check_cuts(fitted: Fitted, problems: Problems) -> None:
    row = fitted.row
    assert isinstance(row, PanelColorlight)
    edges = [0, *row.cuts]
    if row.cuts and (len(row.cuts) != len(row.more_interfaces) or edges != sorted(set(edges))):
        facts = {"value": shown(row.cuts), "right": problems.right("cuts")}
        problems.add("wrong_value", join(fitted.key, "cuts"), **facts)


_CHECKS: tuple[tuple[type[Row], Callable[[Fitted, Problems], None]], ...] = (
    (ButtonLoop, _check_loop),
    (LanRmii, _check_rmii_clock),
    (PanelHub75, _check_hub75),
    (PanelOnbon, _check_reached_by),
    (SenderNovastar, _check_reached_by),
    (TouchScreenRow, _check_calibration),
    (PanelColorlight, _check_cuts),
)
