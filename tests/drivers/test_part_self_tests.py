"""Whatever a profile may name as a part can be tested by an installer."""

import ast
import importlib
from pathlib import Path

import pytest

from board_profiles.drivers import DRIVERS
from drivers.button import Button
from drivers.lamp import Lamp
from drivers.panel import Panel
from drivers.rs485.bus import Unit
from drivers.supervised_loop import SupervisedLoop

PARTS = Path(__file__).parents[2] / "firmware" / "parts"
PLAIN = (Button, Lamp, Panel, SupervisedLoop)  # drivers.plain_tests tests them


def made_by(driver: str) -> list[type]:
    """What its ``make`` says it returns; read, not run: half of them need a board."""
    tree = ast.parse((PARTS / f"{driver}.py").read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    (make,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "make")
    returns = ast.parse(ast.literal_eval(make.returns)) if isinstance(make.returns, ast.Constant) else make.returns
    assert returns is not None
    names = [node.id for node in ast.walk(returns) if isinstance(node, ast.Name)]
    return [getattr(importlib.import_module(imported[name]), name) for name in names]


@pytest.mark.parametrize("driver", [driver.name for driver in DRIVERS.values() if driver.place == "part"])
def test_each_part_has_a_test(driver: str) -> None:
    kinds = made_by(driver)
    assert kinds
    for kind in kinds:
        assert hasattr(kind, "self_test") or issubclass(kind, PLAIN), f"{kind.__name__} cannot be tested"


def test_each_window_of_a_line_has_a_test() -> None:
    assert hasattr(Unit, "self_test")
