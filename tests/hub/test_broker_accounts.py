"""Each account has exactly the topics of its kind: not one more, not one fewer."""

import pytest

from firmware.kinds import KINDS
from firmware.wire.messages.registry import DOWN, UP
from hub.broker.accounts import Account, accounts, device_account
from hub.broker.nats import subjects, topic_of
from hub.engine.plan import Device
from tests.hub.broker_kit import PLAN, SITE


@pytest.mark.parametrize("kind", KINDS)
def test_a_device_has_the_topics_of_its_kind(kind: str) -> None:
    account = device_account(SITE, Device(id="d", kind=kind), "k")
    assert set(account.publish) == {f"hall/v1/s/d/up/{name}" for name in KINDS[kind].sends}
    assert {topic.removesuffix("/+") for topic in account.subscribe} == {
        f"hall/v1/s/d/down/{name}" for name in KINDS[kind].accepts
    }
    slotted = {topic for topic in account.subscribe if topic.endswith("/+")}
    assert slotted <= {f"hall/v1/s/d/down/show/{name}/+" for name in ("region", "unit")}
    assert not any("#" in topic for topic in (*account.publish, *account.subscribe))


@pytest.mark.parametrize("kind", KINDS)
def test_every_message_of_a_kind_is_declared_in_that_direction(kind: str) -> None:
    assert set(KINDS[kind].sends) <= UP.keys()
    assert set(KINDS[kind].accepts) <= DOWN.keys()


def test_the_hub_hears_its_site_and_speaks_to_it() -> None:
    hub = accounts(PLAN, lambda user: "k")[0]
    assert (hub.user, hub.subscribe) == ("hub", ("hall/v1/s/+/up/#",))
    assert hub.publish == ("hall/v1/s/+/down/#", "hall/v1/s/+/up/state"), "it clears the state of who is gone"


def test_no_device_is_called_like_the_hub() -> None:
    import msgspec

    plan = msgspec.structs.replace(PLAN, devices=(Device(id="hub", kind="help_button"),))
    with pytest.raises(ValueError, match="rename the device"):
        accounts(plan, lambda user: "k")


def test_an_unknown_kind_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"'teapot'.*ticket_kiosk"):
        device_account(SITE, Device(id="d", kind="teapot"), "k")


def test_an_account_never_shows_its_key() -> None:
    assert "secret" not in repr([Account("d", "secret", (), ())])


def test_nats_subjects_of_topic_filters() -> None:
    assert subjects("hall/v1/s/d/up/ticket/take") == ("hall.v1.s.d.up.ticket.take",)
    assert subjects("hall/v1/s/d/down/show/region/+") == ("hall.v1.s.d.down.show.region.*",)
    assert subjects("hall/v1/s/+/up/#") == ("hall.v1.s.*.up", "hall.v1.s.*.up.>")
    assert topic_of("hall.v1.s.*.up.>") == "hall/v1/s/+/up/#"
    for wrong in ("a.b", "a b", "a/*", "a/>"):
        with pytest.raises(ValueError, match="no dot"):
            subjects(wrong)
