"""What a site file may say of the queue becomes the plan; what makes no sense is refused with what would."""

import pytest

from hub.app import Hub
from hub.config import Config, SetupError
from hub.engine.turns import Policy
from hub.policy_file import PolicyError
from hub.roster import Roster
from hub.site_file import SiteError, load
from hub.sites import find
from tests.hub.test_site_file import SMALL

SETTINGS = """recall_limit = 3
requeue_times = 2
requeue_behind = 5
clear_at = ["12:30", "18:00"]
expire_with_section = true
checkin_early_min = 20
checkin_late_min = 10
late_appointment = "refuse"
undo_s = 15
sign_in = true
priority_reason = true
group_max = 9
"""
STAFF = """
[[staff]]
id = "c7"
name = "陈"

[[staff]]
id = "c8"
"""


def written(tmp_path, old: str = "", new: str = "", more: str = ""):
    path = tmp_path / "site.toml"
    text = SMALL.replace("recall_limit = 3\n", SETTINGS).replace('name = "办税" }', 'name = "办税", quota = [40, 30] }')
    assert old in text
    path.write_text((text.replace(old, new) if old else text) + more, encoding="utf-8")
    return path


def test_the_rules_of_the_queue_are_read(tmp_path):
    plan = load(written(tmp_path, more=STAFF))
    settings = plan.settings
    assert (settings.requeue_times, settings.requeue_behind, settings.undo_s) == (2, 5, 15)
    assert settings.clear_at_min == (12 * 60 + 30, 18 * 60)
    assert (settings.expire_with_section, settings.sign_in, settings.priority_reason) == (True, True, True)
    assert (settings.late_appointment, settings.group_max) == ("refuse", 9)
    assert plan.service["east-tax"].quota == (40, 30)
    assert {id: member.name for id, member in plan.member.items()} == {"c7": "陈", "c8": ""}


@pytest.mark.parametrize(
    ("old", "new", "more", "told"),
    [
        ('"12:30"', '"25:00"', "", "clear_at"),
        ('"refuse"', '"maybe"', "", "late_appointment"),
        ("quota = [40, 30]", "quota = [-1]", "", "quota"),
        ("undo_s = 15", "undo_s = 601", "", "undo_s"),
        ("", "", STAFF.replace("c8", "c7"), "c7"),
        ("", "", STAFF.replace("c8", "C 8"), "staff"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, old, new, more, told):
    with pytest.raises(SiteError, match=told):
        load(written(tmp_path, old, new, more))


def test_the_folder_s_policy_holds_from_the_start(tmp_path):
    assert Roster(tmp_path, find("doumen")).checked().plan.policy == Policy()
    policy = tmp_path / "policy.toml"
    policy.write_text('rules = ["when waited over 20 min then first"]', encoding="utf-8")
    assert Roster(tmp_path, find("doumen")).checked().plan.policy.turns[0].waited_min == 20
    policy.write_text('rules = ["when waited for ever then first"]', encoding="utf-8")
    with pytest.raises(PolicyError, match=r"policy\.toml: rule 1, 'when waited for ever then first'"):
        Roster(tmp_path, find("doumen"))
    with pytest.raises(SetupError, match="is no condition"):
        Hub(Config(), tmp_path)
