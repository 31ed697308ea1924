"""One rating for one service rendered, by a person at the terminal of the window that rendered it, or with the code."""

import ast
from pathlib import Path

import msgspec
import pytest

import hub
from firmware.screens import evaluation
from firmware.words import WORDS
from hub.effects.pages import all_slots, content
from hub.engine import reasons, requests
from hub.engine.evaluations import CODE_PAGE
from hub.engine.events import ServiceRated
from hub.engine.react import react
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, small_plan


@pytest.fixture
def day():
    """A001 was just finished at window 1; A002 waits."""
    return finished_day()


def finished_day(**settings):
    day = HallDay(small_plan(**settings))
    day.opens("tax-1", "tax-2")
    day.takes("invoices")
    day.takes("invoices")
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    return day


def test_a_window_that_only_sent_somebody_on_is_not_rated_for_the_work_of_another():
    """Given work that began at window 1, where the visitor did not come back to after a hold, when window 2 calls and
    sends them on, then nothing was rendered there."""
    day = HallDay(small_plan(requeue_times=1))
    day.opens("tax-1", "tax-2")
    day.takes("certificates")
    day.calls("tax-1")
    day.serves("tax-1", "B001")
    day.holds("tax-1", "B001")
    day.resumes("tax-1", "B001")
    assert day.passes("tax-1", "B001") == "TicketRequeued"
    day.calls("tax-2")
    day.transfers("tax-2", "B001", to_service="notary")
    assert day.site.windows["tax-2"].rating == ""
    assert day.rates("tax-2", "B001", 5) == "evaluation.closed"


def test_a_visitor_rates_once(day):
    assert day.rates("tax-1", "A001", 2, (207, 214)) == "ServiceRated CaseOpened"
    assert day.rates("tax-1", "A001", 5) == "evaluation.done"
    assert day.ticket("A001").level == 2


def test_nobody_but_the_terminal_rates(day):
    for terminal in ("admin", "hub", "platform", "boss", "call-tax-1", "rate-tax-2", "display-tax", "help-tax"):
        assert day.rates("tax-1", "A001", 5, terminal=terminal) == "evaluation.terminal"
    assert day.rates("tax-1", "A001", 5, terminal="kiosk-tax") == "evaluation.paper"
    assert day.rates("tax-2", "A001", 5) == "evaluation.closed"
    assert day.rates("tax-9", "A001", 5) == "window.unknown"


def test_the_terminal_asks_until_the_next_visitor_is_served(day):
    day.calls("tax-1")
    assert day.site.windows["tax-1"].rating == day.id_of("A001")
    day.serves("tax-1", "A002")
    assert day.site.windows["tax-1"].rating == ""
    assert day.rates("tax-1", "A002", 5) == "evaluation.closed"


def test_a_rating_that_was_on_its_way_when_the_next_was_served_counts(day):
    day.calls("tax-1")
    day.serves("tax-1", "A002")
    assert day.rates("tax-1", "A001", 5) == "ServiceRated"
    day.finishes("tax-1", "A002")
    assert day.rates("tax-1", "A001", 4) == "evaluation.done"
    assert day.site.windows["tax-1"].rating == day.id_of("A002")


def test_reasons_belong_to_the_level(day):
    assert day.rates("tax-1", "A001", 4, (406, 510)) == "evaluation.reason"
    assert day.rates("tax-1", "A001", 6) == "evaluation.level"
    assert day.rates("tax-1", "A001", 0) == "evaluation.level"
    assert day.rates("tax-1", "A001", 4, (406,)) == "ServiceRated"


def test_codes_of_before_are_known_and_not_taken(day):
    assert day.rates("tax-1", "A001", 1, (101,)) == "evaluation.reason"
    assert reasons.is_old(101)
    assert not reasons.is_old(108)


def test_the_reasons_offered_are_those_with_words():
    offered = {f"reason.{code}" for codes in reasons.OFFERED.values() for code in codes}
    assert offered == {key for key in WORDS if key.startswith("reason.")}
    assert len(offered) == 40


NATIONAL = {
    5: (
        "一窗受理一次办结 可以先受理后补材料 不用提交证明 可以全程网上办理 "
        "可以使用手机办理 可以就近办理 无需材料直接办理 服务热情效率高"
    ),
    4: (
        "填写一张表单就可完成申报 在线提交材料窗口核验 一张清单告知全部申报材料 用告知承诺减免申报材料 "
        "可以在线预约办理 跑大厅一次办完 可以使用自助机办理 服务态度较好"
    ),
    3: (
        "一次性告知需要补正的材料 提供申报材料样本 在承诺的时间内办结 办事指南指引准确 "
        "按办事指南要求的材料即可办理 可以快递送达 跑动次数与承诺的一致 服务态度一般"
    ),
    2: (
        "没有提供材料样本 没有提供材料清单 未在承诺时间内办结 同样内容的证明材料被要求多次提交 "
        "承诺网办但无法在线办理 在线预约办理后到实体大厅重复取号排队 窗口人员业务不熟练 服务态度生硬"
    ),
    1: (
        "在办事指南之外增加新的审批条件 需提供办事指南之外的申报材料 无理由超过法定办理时间 办事指南提供样本有错 "
        "承诺在线收取申报材料实际无法收取 多头跑窗口和部门 跑动次数与承诺的不一致 服务态度差效率低"
    ),
}  # the indicators in use, in the order of their codes
LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
FIRST = {5: 510, 4: 406, 3: 307, 2: 207, 1: 108}


@pytest.mark.parametrize("level", [5, 4, 3, 2, 1])
def test_each_level_has_the_national_words_under_the_national_codes(level):
    codes = range(FIRST[level], FIRST[level] + 8)
    assert list(reasons.OFFERED[level]) == list(codes) == list(evaluation.REASONS[level])
    assert [WORDS[f"reason.{code}"][0] for code in codes] == NATIONAL[level].split()
    assert WORDS[f"satisfaction.{level}"][0] == LEVELS[level]


def test_a_passed_visitor_has_nothing_to_rate(day):
    day.calls("tax-1")
    day.passes("tax-1", "A002")
    assert day.rates("tax-1", "A002", 5) == "evaluation.closed"


def test_a_visitor_served_at_two_windows_rates_each_of_them_once(day):
    day.calls("tax-1")
    day.serves("tax-1", "A002")
    day.transfers("tax-1", "A002", to_service="certificates")
    assert day.site.windows["tax-1"].rating == day.id_of("A002")
    assert day.rates("tax-1", "A002", 1, (115,)) == "ServiceRated CaseOpened"
    assert day.rates("tax-1", "A002", 5) == "evaluation.done"
    assert day.calls("tax-2") == "A002"
    assert day.rates("tax-2", "A002", 5) == "evaluation.closed"
    day.finishes("tax-2", "A002")
    assert day.rates("tax-2", "A002", 5) == "ServiceRated"
    assert [one.level for one in day.ticket("A002").rendered] == [1, 5]


def test_who_is_sent_on_before_the_work_began_has_nothing_to_rate_there(day):
    day.calls("tax-1")
    day.transfers("tax-1", "A002", to_service="certificates")
    assert day.rates("tax-1", "A002", 5) == "evaluation.closed"


def test_who_was_held_meanwhile_was_rendered_one_service(day):
    day.calls("tax-1")
    day.serves("tax-1", "A002")
    day.holds("tax-1", "A002")
    day.resumes("tax-1", "A002")
    day.finishes("tax-1", "A002")
    assert len(day.ticket("A002").rendered) == 1


def test_a_finish_that_is_taken_back_cannot_be_rated(day):
    day.undoes("tax-1", "A001")
    assert day.rates("tax-1", "A001", 5) == "evaluation.closed"
    day.finishes("tax-1", "A001")
    assert day.rates("tax-1", "A001", 5) == "ServiceRated"
    assert day.undoes("tax-1", "A001") == "undo.followed"


def test_with_the_ticket_s_code_a_poor_rating_says_why(day):
    ticket = day.id_of("A001")
    assert day.rates_by_code("tax-1", ticket, 1, 2) == "evaluation.why"
    assert day.rates_by_code("tax-1", ticket, 2, 5) == "evaluation.closed"
    assert day.rates_by_code("tax-2", ticket, 1, 5) == "evaluation.closed"
    assert day.rates_by_code("tax-1", ticket, 1, 2, words="w1") == "ServiceRated CaseOpened"
    assert day.rates_by_code("tax-1", ticket, 1, 5) == "evaluation.done"


def test_at_a_kiosk_whoever_holds_the_paper_rates_once(day):
    ticket = day.id_of("A001")
    assert day.rates_at_kiosk(ticket, 1, 4, (406,), is_proven=False) == "evaluation.paper"
    assert day.rates_at_kiosk("", 1, 4) == "evaluation.closed"
    assert day.rates_at_kiosk(ticket, 2, 4) == "evaluation.closed"
    assert day.rates_at_kiosk(ticket, 1, 2) == "evaluation.why"
    assert day.rates_at_kiosk(ticket, 1, 4, (510,)) == "evaluation.reason"
    assert day.rates_at_kiosk(ticket, 1, 4, (406,)) == "ServiceRated"
    assert day.rates_at_kiosk(ticket, 1, 1, (115,)) == "evaluation.done"
    assert day.rates("tax-1", "A001", 1) == "evaluation.done"
    assert day.rates_by_code("tax-1", ticket, 1, 5) == "evaluation.done"
    (event,) = [one for entry in day.journal for one in entry.events if isinstance(one, ServiceRated)]
    assert (event.window, event.terminal, event.level) == ("tax-1", "kiosk-tax", 4)
    assert day.site.windows["tax-1"].rating == "", "the window's terminal does not ask any more"


def test_who_was_not_served_yet_rates_nothing_at_a_kiosk(day):
    waiting = day.id_of("A002")
    assert day.rates_at_kiosk(waiting, 1, 5) == "evaluation.closed"
    day.calls("tax-1")
    day.serves("tax-1", "A002")
    assert day.rates_at_kiosk(waiting, 1, 5) == "evaluation.closed", "the work goes on"
    day.finishes("tax-1", "A002")
    assert day.rates_at_kiosk(waiting, 1, 5) == "ServiceRated"


def test_a_rating_says_where_it_was_made(day):
    day.rates("tax-1", "A001", 5)
    for nth, rate in enumerate(("kiosk", "code")):
        number = day.takes("invoices") if nth else "A002"
        day.calls("tax-1")
        day.finishes("tax-1", number)
        ticket = day.id_of(number)
        assert "ServiceRated" in (
            day.rates_at_kiosk(ticket, 1, 5) if rate == "kiosk" else day.rates_by_code("tax-1", ticket, 1, 5)
        )
    ratings = [one for entry in day.journal for one in entry.events if isinstance(one, ServiceRated)]
    assert [one.source for one in ratings] == ["terminal", "kiosk", "code"]
    assert msgspec.structs.replace(ratings[0], is_default=True, terminal="").source == "default"


@pytest.mark.parametrize(("days_later", "became"), [(1, "ServiceRated"), (2, "ServiceRated"), (3, "evaluation.closed")])
def test_the_code_is_good_for_the_days_that_the_site_says(days_later, became):
    day = finished_day(rate_days=2)
    ticket = day.id_of("A001")
    day.at_ms += days_later * DAY_MS
    day.ask_for(requests.TurnDay, "hub")
    assert day.rates_at_kiosk(ticket, 1, 5, is_proven=False) == "evaluation.paper"
    assert day.rates_by_code("tax-1", ticket, 1, 5) == became
    assert day.rates_at_kiosk(ticket, 1, 5) == ("evaluation.done" if became == "ServiceRated" else became)


def test_the_first_act_of_the_next_day_may_be_a_rating():
    day = finished_day(rate_days=2)
    ticket = day.id_of("A001")
    day.at_ms += DAY_MS
    assert day.rates_by_code("tax-1", ticket, 1, 5).endswith("DayTurned ServiceRated")


def test_nothing_is_rated_by_default(day):
    day.at_ms += 40 * DAY_MS
    assert "ServiceRated" not in day.ask_for(requests.TurnDay, "hub")
    assert day.site.unrated == {}


def test_where_the_site_says_so_what_nobody_rated_is_counted_and_marked():
    day = finished_day(default_rating_days=7)
    day.at_ms += 6 * DAY_MS
    assert "ServiceRated" not in day.ask_for(requests.TurnDay, "hub")
    day.at_ms += DAY_MS
    assert "ServiceRated" in day.ask_for(requests.TurnDay, "hub")
    (event,) = [one for one in day.journal[-1].events if isinstance(one, ServiceRated)]
    assert (event.is_default, event.level, event.terminal, event.reasons) == (True, 3, "", ())
    assert event.source == "default"
    day.at_ms += DAY_MS
    assert "ServiceRated" not in day.ask_for(requests.TurnDay, "hub")


def test_no_screen_of_a_clerk_changes_with_a_rating(day):
    day.rates("tax-1", "A001", 1, (115,))
    touched = {effect.message for event in day.journal[-1].events for effect in react(day.plan, day.site, event)}
    assert touched == {"show/evaluation"}


def test_a_clerk_s_screen_says_the_same_whatever_was_rated_or_nothing(day):
    """Before and after, to the letter, on call terminals and on the displays that hang in the hall."""
    slots = [slot for slot in all_slots(day.plan) if slot.message not in ("show/evaluation", "show/lease")]
    assert {"show/window", "show/calls", "show/region"} <= {slot.message for slot in slots}

    def shown():
        return [{**content(day.plan, day.site, 1, slot).to_plain(), "rev": 0} for slot in slots]

    before = shown()
    assert day.rates_at_kiosk(day.id_of("A001"), 1, 1, (115,)) == "ServiceRated CaseOpened"
    assert shown() == before


def test_nothing_but_a_rating_on_a_terminal_and_the_clock_makes_one(day):
    """Whoever asks whatever else of the engine makes no rating."""
    day.calls("tax-1")
    for verb in requests.Request.__subclasses__():
        for kind in (verb, *verb.__subclasses__()):
            if kind is requests.RateService:
                continue
            fields = {name: "x" for name in kind.__struct_fields__ if name not in ("at_ms", "by")}
            fields |= {"window": "tax-1", "ticket": day.id_of("A001")}
            known = {name: value for name, value in fields.items() if name in kind.__struct_fields__}
            for name in ("level", "is_online", "held_ms", "persons", "after_min", "comes_back", "state", "priority"):
                known.pop(name, None)
            try:
                became = day.ask_for(kind, "admin", **known)
            except (TypeError, KeyError):
                continue
            assert "ServiceRated" not in became, kind
    assert not day.ticket("A001").level


def test_ratings_are_asked_for_in_two_places_and_made_in_one():
    """Where a device's bytes are decoded, and where the code's page is; no command and no route of the API does."""
    folder = Path(hub.__file__).parent
    makers = {"RateService": set(), "ServiceRated": set()}
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
            if isinstance(node, ast.Call) and name in makers:
                makers[name].add(path.relative_to(folder).as_posix())
    assert makers == {"RateService": {"decode.py", "code_page.py"}, "ServiceRated": {"engine/evaluations.py"}}
    assert "/" in CODE_PAGE  # which no device id has


def test_what_proves_a_paper_is_made_for_papers_and_for_nobody_at_the_hub():
    """Else a command could print itself a ticket's code and rate with that. The API has the hub's one name for it."""
    folder = Path(hub.__file__).parent
    sources = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    users = {name for name, text in sources.items() if "CodeLinks" in text or "code_link" in text}
    assert users == {"app.py", "code_link.py", "code_page.py", "inbox.py", "rating_desk.py"}
