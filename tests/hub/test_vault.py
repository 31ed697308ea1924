"""The vault: found by what is known, nothing readable at rest, the name never whole outside."""

import asyncio
import sqlite3
import stat
from pathlib import Path

import pytest

from hub.audit import Audit, AuditFault
from hub.config import VaultSettings
from hub.engine import requests, visitors
from hub.engine.state import Site
from hub.vault import Identity, Vault, VaultFault, Words, masked
from hub.vault.caretaker import Caretaker
from hub.vault.identity import Reader, normal
from tests.engine.hall_day import HallDay
from tests.engine.small_site import DAY_MS, small_plan

CLERK = Reader("admin", "to see")
LI = Identity(name="李小龙", card="44040319900307231X", phone="13800138000", code="YY2087")


@pytest.fixture
def vault(tmp_path: Path):
    vault = Vault(tmp_path)
    yield vault
    vault.close()


def test_a_person_is_found_by_all_that_is_known(vault: Vault):
    visitor = vault.put(LI)
    for kind, value in (
        ("card", "44040319900307231x"),
        ("phone", "+86 138-0013-8000"),
        ("tail", "8000"),
        ("code", " yy2087"),
    ):
        assert vault.find(kind, value) == [visitor], kind
    assert vault.find("card", "440403199003072310") == []
    assert vault.find("phone", "") == []
    assert vault.shown([visitor], CLERK) == ["李*"]
    assert vault.shown(["v0"], CLERK) == [""]
    with pytest.raises(ValueError, match="no lookup by name"):
        vault.find("name", "李小龙")


def test_the_same_person_keeps_the_id_and_what_was_known(vault: Vault):
    booked = vault.put(Identity(name="李小龙", phone="13800138000", code="YY1"))
    assert vault.put(Identity(name="李小龙", phone="13800138000", card="440403199003072310")) == booked
    assert vault.put(Identity(card="440403199003072310", code="YY2")) == booked
    assert vault.put(Identity(code="YY2")) == booked
    assert [vault.find("code", code) for code in ("YY1", "YY2")] == [[booked], [booked]]
    assert vault.shown([booked], CLERK) == ["李*"]


def test_a_family_shares_a_phone_and_not_an_id(vault: Vault):
    father, mother = (vault.put(Identity(name=name, phone="13800138000")) for name in ("李大", "王二"))
    son = vault.put(Identity(name="李大", phone="13800138000", card="1"))  # the same name, so the same person
    other = vault.put(Identity(name="李大", phone="13800138000", card="2"))  # the same name, another card
    assert son == father
    assert len({father, mother, other}) == 3
    assert vault.find("tail", "8000") == sorted([father, mother, other])


def test_ids_are_random_and_say_nothing(tmp_path: Path):
    ids = set()
    for name in ("a", "b"):
        vault = Vault(tmp_path / name)
        ids.add(vault.put(LI))
        vault.close()
    assert len(ids) == 2


def test_nothing_is_readable_at_rest_and_only_the_hub_may_read_it(tmp_path: Path):
    vault = Vault(tmp_path)
    visitor = vault.put(LI)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name
        body = path.read_bytes()
        for planted in ("李小龙", "44040319900307231X", "13800138000", "8000", "YY2087"):
            assert planted.encode() not in body, path.name
    vault.close()
    again = Vault(tmp_path)
    assert (again.find("card", LI.card), again.shown([visitor], CLERK)) == ([visitor], ["李*"])
    again.close()


def test_rows_cannot_be_exchanged_and_another_key_reads_nothing(tmp_path: Path):
    vault = Vault(tmp_path)
    one, two = vault.put(LI), vault.put(Identity(name="王二", card="7"))
    vault.close()
    database = sqlite3.connect(tmp_path / "vault.db")
    with database:
        (sealed,) = database.execute("SELECT sealed FROM person WHERE visitor = ?", (one,)).fetchone()
        database.execute("UPDATE person SET sealed = ? WHERE visitor = ?", (sealed, two))
    database.close()
    vault = Vault(tmp_path)
    assert vault.shown([one], CLERK) == ["李*"]
    with pytest.raises(VaultFault, match="was not written with this"):
        vault.shown([two], CLERK)
    vault.close()


def test_a_missing_or_broken_key_is_not_replaced(tmp_path: Path):
    vault = Vault(tmp_path)
    vault.put(LI)
    vault.close()
    key = tmp_path / "vault.key"
    key.write_bytes(key.read_bytes()[:-1])
    with pytest.raises(VaultFault, match="47 bytes, 48 expected"):
        Vault(tmp_path)
    key.unlink()
    with pytest.raises(VaultFault, match="without which"):
        Vault(tmp_path)
    assert not key.exists()


def test_an_identity_shows_nothing_of_itself():
    assert "李" not in f"{LI} {LI!r}"
    assert [masked(name) for name in ("李小龙", "欧阳锋", "王", "", "Ann")] == ["李*", "欧*", "*", "", "A*"]
    assert normal("phone", "+86 138 0013 8000") == "13800138000"


# Who reads, and how long it is known


def test_each_reading_is_noted_before_it_is_told(tmp_path: Path):
    audit = Audit(tmp_path)
    vault = Vault(tmp_path, note=audit.append)
    visitor = vault.put(LI)
    assert vault.whole(visitor, Reader("admin", "lost purse")) == LI
    assert vault.shown([visitor], Reader("kiosk-1", "identify by card")) == ["李*"]
    assert [(row.who, row.what, row.asked) for row in audit.find()] == [
        ("admin", "vault/whole", f'{{"why":"lost purse","visitors":["{visitor}"]}}'),
        ("kiosk-1", "vault/shown", f'{{"why":"identify by card","visitors":["{visitor}"]}}'),
    ]
    audit.close()
    with pytest.raises(AuditFault):  # what cannot be noted is not told
        vault.whole(visitor, CLERK)
    vault.close()


def test_whoever_asks_for_it_is_forgotten_to_the_last_byte(tmp_path: Path):
    vault = Vault(tmp_path)
    li, wang = vault.put(LI), vault.put(Identity(name="王二", card="7"))
    sealed = sqlite3.connect(tmp_path / "vault.db").execute("SELECT sealed FROM person WHERE visitor = ?", (li,))
    bytes_of_li = sealed.fetchone()[0]
    assert vault.erase([li], CLERK) == 1
    assert vault.erase([li], CLERK) == 0
    assert vault.whole(li, CLERK) == Identity()
    assert [vault.find(kind, value) for kind, value in (("card", LI.card), ("tail", "8000"), ("code", "YY2087"))] == [
        [],
        [],
        [],
    ]
    assert vault.shown([wang], CLERK) == ["王*"]
    for path in tmp_path.glob("vault.db*"):
        assert bytes_of_li not in path.read_bytes()
    vault.close()


def test_who_was_not_here_lately_and_is_not_expected_is_forgotten(tmp_path: Path):
    now = [1_000]
    vault = Vault(tmp_path, lambda: now[0])
    old, expected = vault.put(LI), vault.put(Identity(name="王二", card="7"))
    now[0] = 2_000
    here = vault.put(Identity(name="赵三", card="8"))
    assert vault.purge(2_000, {expected}) == 1
    assert [vault.shown([one], CLERK) for one in (old, expected, here)] == [[""], ["王*"], ["赵*"]]
    vault.close()


def test_a_day_that_is_over_is_purged_by_itself_once_the_platform_has_it(tmp_path: Path):
    day_ms = 86_400_000
    now = [10 * day_ms + 5]
    vault = Vault(tmp_path, lambda: now[0])
    stays, goes = vault.put(LI), vault.put(Identity(name="王二", card="7"))
    site = Site(day="19700111", day_ends_at_ms=11 * day_ms, position=50)
    delivered = [0]
    caretaker = Caretaker(vault, Words(tmp_path, lambda: now[0]), VaultSettings(), lambda: site, lambda: delivered[0])

    async def tick() -> bool:
        caretaker.work = None
        caretaker.tick()
        if caretaker.work is not None:
            await caretaker.work
        return caretaker.work is not None

    delivered[0] = 50
    assert asyncio.run(tick())
    assert vault.count() == 2, "its day is not over"
    site.day, site.day_ends_at_ms, site.position = "19700112", 12 * day_ms, 70
    site.visitors[stays] = ()
    assert not asyncio.run(tick()), "the platform lacks part of the day"
    site.position, delivered[0] = 90, 70
    assert asyncio.run(tick())
    assert (vault.find("card", LI.card), vault.find("card", "7"), vault.count()) == ([stays], [], 1)
    assert goes
    assert not asyncio.run(tick()), "once a day"
    vault.close()


def test_who_rated_poorly_is_known_until_the_case_is_closed(tmp_path: Path):
    day = HallDay()
    vault = Vault(tmp_path, lambda: day.at_ms)
    angry, content = vault.put(LI), vault.put(Identity(name="王二", card="7"))
    day.opens("tax-1")
    for visitor, number, level in ((angry, "A001", 1), (content, "A002", 5)):
        day.takes("invoices", visitor=visitor)
        day.calls("tax-1")
        day.finishes("tax-1", number)
        day.rates("tax-1", number, level)
    caretaker = Caretaker(vault, Words(tmp_path), VaultSettings(), lambda: day.site, lambda: day.site.position)

    async def a_night_passes() -> None:
        day.at_ms += DAY_MS
        day.ask(requests.TurnDay(at_ms=day.at_ms, by="hub"))
        caretaker.work = None
        caretaker.tick()
        assert caretaker.work is not None
        await caretaker.work

    asyncio.run(a_night_passes())
    asyncio.run(a_night_passes())
    assert vault.count() == 1
    assert vault.whole(angry, CLERK).phone == LI.phone
    (case,) = day.site.cases
    for act in ("accept", "assign", "contact", "reply", "review", "close"):
        note = "w1" if act == "contact" else ""  # the rating said no reason
        day.moves_case(case, act, to="c7" if act == "assign" else "", note=note)
    asyncio.run(a_night_passes())
    assert vault.count() == 0
    vault.close()


def test_who_may_rate_tomorrow_is_known_until_then():
    day = HallDay(small_plan(rate_days=1))
    day.opens("tax-1")
    day.takes("invoices", visitor="wang")
    day.calls("tax-1")
    day.finishes("tax-1", "A001")
    for needed in ({"wang"}, {"wang"}, set()):
        assert visitors.needed(day.site) == needed
        day.at_ms += DAY_MS
        day.ask(requests.TurnDay(at_ms=day.at_ms, by="hub"))
