"""Safe mode on virtual boards: a tree that cannot start leaves the board its link and updates, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from firmware.wire.messages.device import Heartbeat
from hub.update.build import Tree
from tests.boards.update_bench import Seat, Updates, with_files

pytestmark = pytest.mark.micropython

ROLE, AGENT = "firmware/roles/help_button.mpy", "firmware/agent.mpy"
STRAP = 5  # a pin of the board: as long as it is low, the tree is broken
BORN_BROKEN = b"raise RuntimeError('born broken')\n"
WHILE_LOW = b"""
if not __import__("machine").Pin(5, 0).value():
    raise RuntimeError('born broken')
from firmware.roles.whole import HelpButton
"""
Story = Callable[["Bench"], Awaitable[None]]


class Bench:
    """A board with a tree that is broken, and a hub with a good one."""

    def __init__(self, folder: Path) -> None:
        self.updates = Updates(folder / "hub")
        self.good = self.updates.put(with_files(self.updates.tree, "1.1.0"))
        self.seat = Seat("help-1", folder, self.updates)
        self.hellos: list[dict[str, Any]] = self.seat.hellos

    def broken(self, version: str = "1.0.0") -> Tree:
        return with_files(self.updates.tree, version, leave_out=(ROLE,), firmware__roles__help_button=BORN_BROKEN)

    def torn(self, version: str, tear: Callable[[bytes], bytes]) -> Tree:
        """Files on the flash are not what they were; the manifest says what they should be."""
        whole = with_files(self.updates.tree, version)
        return Tree(whole.manifest, {**whole.files, AGENT: tear(whole.files[AGENT])})

    async def is_unheard(self, presses: int = 3) -> bool:
        """Whether somebody may press as often as they like, and nothing is sent."""
        heard = len(self.seat.broker.topics())
        for _ in range(presses):
            self.seat.board.press("button")
            await asyncio.sleep(0.3)
            self.seat.board.release("button")
        await self.seat.until(lambda: len(self.seat.broker.topics()) > heard, "a heartbeat after it")
        return not self.presses()

    def presses(self) -> list[str]:
        return [topic for topic in self.seat.broker.topics() if topic.endswith("/up/help/press")]

    async def helps(self) -> None:
        self.seat.board.press("button")
        await self.seat.until(self.presses, "a press")

    async def takes_the_good_tree(self) -> None:
        self.seat.offer(self.good)
        await self.seat.until(lambda: "running" in self.seat.stages(), "the good tree kept")
        assert self.hellos[-1]["version"] == "1.1.0"
        assert self.hellos[-1]["reset_cause"] == "update"
        await self.helps()


def on_bench(folder: Path, story: Story) -> None:
    async def whole() -> None:
        bench = Bench(folder)
        await bench.updates.server.open("127.0.0.1")
        try:
            await story(bench)
        finally:
            await bench.seat.clear()
            await bench.updates.server.close()

    asyncio.run(whole())


def test_a_role_that_raises_leads_to_safe_mode_which_says_so_does_no_work_and_takes_a_good_tree(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.seat.set_up(a=bench.broken(), heartbeat_s=1)
        assert bench.seat.board.printed.count("born broken") == 3
        assert [(hello["reset_cause"], hello["version"]) for hello in bench.hellos] == [("safe", "1.0.0")]
        assert await bench.is_unheard()
        assert [beat.fault for beat in bench.seat.sent(Heartbeat)][-1] == "safe mode: started badly too often"
        await bench.takes_the_good_tree()

    on_bench(tmp_path, story)


def test_safe_mode_ends_by_itself_when_what_was_wrong_is_over(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        tree = bench.updates.tree
        role = {"firmware/roles/whole.mpy": tree.files[ROLE]}
        whole = with_files(tree, "1.0.0", leave_out=(ROLE,), firmware__roles__help_button=WHILE_LOW)
        flaky = Tree(whole.manifest, whole.files | role)  # a file that no manifest names is nobody's business
        await bench.seat.set_up(a=flaky, update={"safe_s": 3}, levels={STRAP: 0})
        assert bench.hellos[-1]["reset_cause"] == "safe"
        await bench.seat.until(lambda: len(bench.hellos) == 2, "safe mode again: one normal start did not help")
        assert bench.hellos[-1]["reset_cause"] == "safe"
        assert bench.seat.board.printed.count("born broken") == 4
        bench.seat.board.drive(STRAP, 1)
        await bench.seat.until(lambda: bench.hellos[-1]["reset_cause"] == "reset", "a normal start")
        await bench.helps()

    on_bench(tmp_path, story)


TEARS = {
    "cut": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "zeros": lambda data: data[:600] + bytes(2048) + data[2648:],
    "erased": lambda data: data[:600] + b"\xff" * 2048 + data[2648:],
}


@pytest.mark.parametrize("how", TEARS)
def test_a_tree_whose_main_code_is_torn_gives_way_to_the_one_before_it_which_works(how: str, tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        before = with_files(bench.updates.tree, "0.9.0")
        await bench.seat.set_up(a=bench.torn("1.0.0", TEARS[how]), b=before)
        assert [(hello["reset_cause"], hello["version"]) for hello in bench.hellos] == [("reset", "0.9.0")]
        assert "/slots/a are torn, /slots/b runs instead" in bench.seat.board.printed
        await bench.helps()
        await bench.takes_the_good_tree()

    on_bench(tmp_path, story)


def test_a_flipped_bit_in_a_name_of_the_manifest_gives_way_to_the_tree_before_it(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        whole = with_files(bench.updates.tree, "1.0.0")
        flipped = Tree(whole.manifest.replace(b"firmware/agent", b"firmware/\xe1gent"), whole.files)
        assert flipped.manifest != whole.manifest
        await bench.seat.set_up(a=flipped, b=with_files(bench.updates.tree, "0.9.0"))
        assert bench.seat.versions == ["0.9.0"]
        await bench.helps()
        await bench.takes_the_good_tree()

    on_bench(tmp_path, story)


BESIDE = {
    "choose.mpy is cut off": {"/choose.mpy": b"M\x06"},
    "choose.mpy is empty": {"/choose.mpy": b""},
    "boot.py has a flipped bit": {"/boot.py": b"f\xefr place in ():\n"},
}


@pytest.mark.parametrize("what", BESIDE)
def test_a_tree_that_is_bad_is_counted_although_what_counts_is_torn(what: str, tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.seat.set_up(a=bench.broken(), beside=BESIDE[what])
        assert bench.seat.board.printed.count("born broken") == 3
        assert bench.hellos[0]["reset_cause"] == "safe"
        await bench.takes_the_good_tree()

    on_bench(tmp_path, story)


def test_roles_that_are_broken_in_both_slots_leave_safe_mode(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        await bench.seat.set_up(a=bench.broken(), b=bench.broken("0.9.0"))
        assert [(hello["reset_cause"], hello["version"]) for hello in bench.hellos] == [("safe", "1.0.0")]
        await bench.takes_the_good_tree()

    on_bench(tmp_path, story)


def test_main_code_that_is_whole_but_wrong_leads_to_safe_mode_of_the_tree_before_it(tmp_path: Path) -> None:
    async def story(bench: Bench) -> None:
        wrong = with_files(bench.updates.tree, "1.0.0", leave_out=(AGENT,), firmware__agent=BORN_BROKEN)
        await bench.seat.set_up(a=wrong, b=with_files(bench.updates.tree, "0.9.0"))
        assert [(hello["reset_cause"], hello["version"]) for hello in bench.hellos] == [("safe", "0.9.0")]
        await bench.takes_the_good_tree()

    on_bench(tmp_path, story)
