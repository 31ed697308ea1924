"""The words of an announcement: which clips, in which order, in which languages."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.wire.messages.speech import Play
from hub.engine.phrases import CALL, PHRASES, TEXT
from hub.engine.state import Announcement
from hub.speech.phrase import CHIME, PAUSE, catalogue, clips
from tests.engine.small_site import small_plan

LANGUAGES = ("cmn", "yue", "en")


def said(
    number: str = "HA001", window: int = 3, language: str = "zh", call_languages: tuple[str, ...] = ("cmn",)
) -> tuple[list[str], str]:
    plan = small_plan()
    settings = msgspec.structs.replace(plan.settings, call_languages=call_languages)
    return clips(msgspec.structs.replace(plan, settings=settings), announcement(CALL, number, window, language))


def announcement(phrase: str, number: str = "", window: int = 0, language: str = "zh") -> Announcement:
    return Announcement(
        id="1",
        channel="pa",
        phrase=phrase,
        priority=3,
        expires_at_ms=1,
        number=number,
        window=window,
        language=language,
    )


def spoken(names: list[str]) -> str:
    """What the clips of one language say."""
    texts = catalogue()
    return "".join(texts[name] for name in names if name in texts)


def test_a_call_in_mandarin() -> None:
    names, text = said("HA001", 3)
    assert names[0] == CHIME
    assert spoken(names) == "请HA零零一号到三号窗口办理"
    assert text == "请HA001号到3号窗口办理"


@pytest.mark.parametrize(
    ("window", "number"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三"), (99, "九十九"), (102, "一零二")],
)
def test_a_window_is_a_number_not_digits(window: int, number: str) -> None:
    assert spoken(said("A1", window)[0]) == f"请A一号到{number}号窗口办理"


@pytest.mark.parametrize(
    ("window", "number"),
    [
        (7, ["seven"]),
        (10, ["ten"]),
        (15, ["fifteen"]),
        (20, ["twenty"]),
        (23, ["twenty", "three"]),
        (305, ["three", "zero", "five"]),
    ],
)
def test_a_call_in_english(window: int, number: list[str]) -> None:
    names, text = said("B12", window, call_languages=("en",), language="en")
    assert [catalogue()[name] for name in names[1:]] == ["Number", "B", "one", "two", "please go to window", *number]
    assert text == f"Number B12, please go to window {window}"


def test_mandarin_comes_first_and_the_visitors_own_language_last() -> None:
    names, _ = said(language="en", call_languages=("yue", "cmn"))
    assert _languages(names) == ["cmn", "yue", "en"]
    assert names.count(PAUSE) == 2


def test_a_language_is_spoken_once() -> None:
    names, text = said(language="yue", call_languages=("cmn", "yue"))
    assert _languages(names) == ["cmn", "yue"]
    assert text == "请HA001号到3号窗口办理", "written the same in both: said once"


def test_a_fixed_phrase_is_one_clip_a_language() -> None:
    plan = small_plan()
    settings = msgspec.structs.replace(plan.settings, call_languages=LANGUAGES)
    names, text = clips(msgspec.structs.replace(plan, settings=settings), announcement("keep-quiet"))
    assert names == [CHIME, "cmn/phrase-keep-quiet", PAUSE, "yue/phrase-keep-quiet", PAUSE, "en/phrase-keep-quiet"]
    assert text.startswith("请保持安静")
    assert text.endswith("Please keep quiet, thank you")


@pytest.mark.parametrize("phrase", PHRASES)
def test_every_phrase_of_the_engine_can_be_played(phrase: str) -> None:
    names, text = clips(small_plan(), announcement(phrase))
    assert set(names) <= {CHIME, PAUSE, *catalogue()}
    assert text


@given(
    prefix=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=2),
    serial=st.integers(1, 9_999_999_999),
    window=st.integers(1, 999),
    language=st.sampled_from(["zh", "yue", "en"]),
    call_languages=st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True),
)
def test_any_call_has_its_clips_and_fits_the_message(
    prefix: str, serial: int, window: int, language: str, call_languages: list[str]
) -> None:
    number = f"{prefix}{serial:03}"[:12]
    names, text = said(number, window, language, tuple(call_languages))
    assert set(names) <= {CHIME, PAUSE, *catalogue()}
    message = Play(id="1", expires_at_ms=1, priority=3, clips=names, text=text)
    assert len(message.encode()) <= Play.max_bytes


def _languages(names: list[str]) -> list[str]:
    found = [name.partition("/")[0] for name in names if name not in (CHIME, PAUSE)]
    return list(dict.fromkeys(found))


def said_with(**settings: object) -> tuple[str, str]:
    """What a site with its own settings says: spoken, and in words."""
    plan = small_plan()
    own = msgspec.structs.replace(plan.settings, **settings)
    names, text = clips(msgspec.structs.replace(plan, settings=own), announcement(CALL, "A101", 3))
    texts = catalogue(own)
    assert all(name == CHIME or name in texts for name in names)
    return "".join(texts[name] for name in names if name in texts), text


def test_a_site_has_its_own_wording() -> None:
    spoken, text = said_with(call_wording="{number}号，请到{window}号窗口。")
    assert spoken == "A一零一号，请到三号窗口"
    assert text == "A101号，请到3号窗口。"


def test_a_wording_may_leave_the_window_out() -> None:
    assert said_with(call_wording="请{number}号办理") == ("请A一零一号办理", "请A101号办理")


def test_one_may_be_yao_in_the_number_but_not_in_the_window() -> None:
    plan = small_plan()
    own = msgspec.structs.replace(plan.settings, one_is_yao=True, call_languages=("cmn", "yue"))
    names, _ = clips(msgspec.structs.replace(plan, settings=own), announcement(CALL, "A101", 1))
    assert [name for name in names if "1" in name] == [
        *("cmn/digit-1-yao", "cmn/digit-1-yao", "cmn/digit-1"),
        *("yue/digit-1", "yue/digit-1", "yue/digit-1"),
    ]


def test_words_of_a_person_are_played_as_they_were_made() -> None:
    own = msgspec.structs.replace(announcement(TEXT), text="三楼停电", clips=("said/ab",))
    assert clips(small_plan(), own) == ([CHIME, "said/ab"], "三楼停电")
