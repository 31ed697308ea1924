"""A platform's own words: mapping files are checked, records are put into them, nothing is guessed."""

from pathlib import Path

import msgspec
import pytest

from firmware.wire.messages.queue import PRIORITIES
from hub import config
from hub.engine.events import AlarmClosed, AnyEvent, CaseOpened, Entry, ServiceRated, TicketTaken
from hub.engine.plan import Hall, Plan, Service
from hub.platform import mapping, signers
from hub.platform.contract import TYPES, Record, records
from hub.platform.mapping import NEUTRAL, MappingError, Unmapped

PLAN = Plan(
    id="doumen",
    name="斗门",
    halls=(Hall(id="huji", name="户籍", floor=1),),
    services=(Service(id="residence", hall="huji", name="户口", prefix="H"),),
    windows=(),
    devices=(),
    channels=(),
)
AT_MS = 1_795_311_000_500  # 2026-11-22 09:30:00.5 in China


def record_of(event: AnyEvent) -> Record:
    return records(PLAN, 1, Entry(position=7, at_ms=AT_MS, origin=None, events=(event,)))[0]


TAKEN = TicketTaken(
    at_ms=AT_MS, ticket="20261122-H001", number="H001", serial=1, service="residence", kiosk="k1", priority="elderly"
)


def written(folder: Path, text: str) -> str:
    path = folder / "m.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_ticket_in_the_words_of_the_sample() -> None:
    assert mapping.load("sample").put(record_of(TAKEN)) == {
        "businessId": "doumen-1-7-0",
        "siteCode": "doumen",
        "hallCode": "huji",
        "eventType": "0",
        "eventTime": "2026-11-22 09:30:00",
        "objectId": "ticket:20261122-H001",
        "batchNo": "1",
        "sequence": "7000000",
        "source": "hallhub",
        "queueNo": "H001",
        "businessCode": "residence",
        "deviceCode": "k1",
        "vipLevel": "绿色通道",
        "waitCount": 0,
        "ticketTime": "2026-11-22 09:30:00",
        "isOffline": "0",
        "reserveSeq": "",
        "isReserve": "0",
        "peopleCount": 1,
        "firstTicket": "",
    }


def test_a_ticket_taken_while_the_kiosk_was_alone_has_both_times() -> None:
    alone = msgspec.structs.replace(TAKEN, was_offline=True, taken_at_ms=AT_MS - 3_600_000)
    plain = mapping.load("sample").put(record_of(alone))
    assert (plain["ticketTime"], plain["eventTime"], plain["isOffline"]) == (
        "2026-11-22 08:30:00",
        "2026-11-22 09:30:00",
        "1",
    )


def test_an_evaluation_in_the_words_of_the_sample() -> None:
    rated = ServiceRated(at_ms=AT_MS, ticket="20261122-H001", window="w", terminal="e1", level=5, reasons=(510, 517))
    plain = mapping.load("sample").put(record_of(rated))
    assert (plain["satisfaction"], plain["evalDetail"], plain["pf"]) == ("5", "510,517", "4")


@pytest.mark.parametrize(
    ("reasons", "words", "written"),
    [((214,), "", ""), ((), "w1", "评价人另有文字说明，由大厅留存"), ((), "", "按键评价，未填写原因，回访时补问")],
)
def test_a_poor_evaluation_says_why_or_that_it_came_by_a_key(
    reasons: tuple[int, ...], words: str, written: str
) -> None:
    """evalDetail or writingEvaluation is asked for below 3; neither is ever made up."""
    told = dict(at_ms=AT_MS, ticket="20261122-H001", window="w", service="s", level=2, reasons=reasons, words=words)
    for event in (ServiceRated(**told, terminal="e1"), CaseOpened(**told, case="20261122-H001-1", deadline_ms=1)):
        plain = mapping.load("sample").put(record_of(event))
        assert (plain["evalDetail"], plain["writingEvaluation"]) == (",".join(map(str, reasons)), written)


def test_the_sample_has_a_code_for_all_that_it_does_not_leave_out() -> None:
    sample = mapping.load("sample")
    assert set(sample.tables["types"]) | set(sample.leave_out) >= {row.type for row in TYPES.values()}
    assert set(sample.tables["priority"]) == set(PRIORITIES)
    assert not sample.leave_out or "alarm.pressed_again" in sample.leave_out


def test_without_a_mapping_the_contract_goes_out_as_it_is() -> None:
    plain = mapping.load("").put(record_of(TAKEN))
    assert plain["facts"]["number"] == "H001"
    assert NEUTRAL.is_wanted(record_of(TAKEN))


def test_a_value_without_a_code_is_not_guessed(tmp_path: Path) -> None:
    closed = record_of(AlarmClosed(at_ms=AT_MS, alarm="a1", by="admin"))
    small = mapping.load(
        written(tmp_path, '[fields]\nid = "id"\ntype = {from = "type", table = "t"}\n[tables.t]\n"ticket.taken" = "1"')
    )
    assert small.put(record_of(TAKEN))["type"] == "1"
    with pytest.raises(Unmapped, match=r"type is 'alarm.closed': the table t of the mapping has no code for it"):
        small.put(closed)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = [", r"m.toml: "),
        ("idd = 'a'", "unknown field `idd`"),
        ('leave_out = ["ticket.eaten"]', "there is no type 'ticket.eaten'; there are alarm.acknowledged"),
        ('[fields]\na = "id"', "id says 'id', but fields has no such key"),
        ('[fields]\nid = "name"', "fields.id: no record has 'name'; it has at, epoch"),
        ('[fields]\nid = "facts.number"', "facts differ from type to type: put it under types"),
        ('[fields]\nid = "id"\ntype = "type"\nb = {from = "id", table = "t"}', "fields.b: there is no table 't'"),
        ('[fields]\nid = {from = "id", is = "1"}', "say either from or is, not both"),
        (
            '[fields]\nid = "id"\n[types."ticket.taken"]\na = "facts.age"',
            "ticket.taken has no fact 'age'; it has",
        ),
        ('[types."ticket.taken"]\na = "facts.number"', "fields, those of every record, has none"),
        ('[fields]\nid = {from = "id", as = "number"}', "Invalid enum value 'number'"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(MappingError) as fault:
        mapping.load(written(tmp_path, text))
    assert says in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_mapping_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(MappingError, match=r"nowhere: No such file.*name a bundled mapping \(sample\) or a file"):
        mapping.load("nowhere")


def test_the_settings_know_every_signer() -> None:
    assert config.SIGNERS == signers.NAMES
