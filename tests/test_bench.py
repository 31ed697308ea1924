"""`make bench CHECK=1`: a run that missed an aim does not pass."""

import json
import sys
from pathlib import Path

import pytest

from tests.bench import __main__ as bench
from tests.bench.aims import AIMS, Aim, missed

ROOT = Path(__file__).parent.parent


def test_a_figure_beyond_its_aim_is_named() -> None:
    met = {name: aim.at_least if aim.at_least > 0 else aim.at_most for name, aim in AIMS.items()}
    assert missed(met) == []
    assert missed({"call_per_s_8": 637, "take_per_s_8": 2433, "reconnect_400_s": 15.1}) == [
        "call_per_s_8",
        "reconnect_400_s",
    ]
    assert missed({"duplicate_numbers": 1, "engine_ops_per_s": 1}) == ["duplicate_numbers"]
    assert missed({"year_take_ratio": float("nan")}) == ["year_take_ratio"]


def test_every_aim_is_of_a_figure_that_is_explained() -> None:
    page = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
    assert [name for name in AIMS if f"`{name}`" not in page] == []


@pytest.mark.parametrize(("at_least", "code"), [(1.0, 0), (1e12, 1)])
def test_check_ends_with_an_error_when_an_aim_was_missed(
    at_least: float, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(AIMS, "engine_ops_per_s", Aim(at_least=at_least))
    monkeypatch.setattr(sys, "argv", ["bench", "engine", "--check"])
    if code:
        with pytest.raises(SystemExit) as end:
            bench.main()
        assert end.value.code == code
    else:
        bench.main()
    told = capsys.readouterr()
    assert str(AIMS["engine_ops_per_s"]) in told.out
    assert ("missed: engine_ops_per_s" in told.err) == bool(code)
    assert list(json.loads(Path("build/bench.json").read_text(encoding="utf-8"))) == ["engine_ops_per_s"]
