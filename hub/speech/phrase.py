"""Phrases: an announcement as the names of the clips to play one after another, and in words. Pure.

    请 H A 零零一 号到 二十三 号窗口办理

Letters and digits one by one, as people read a ticket; a window as the number that it is. The same clips serve every
ticket, so nothing is synthesised while visitors wait and any amplifier can hold the whole bank.
"""

from collections.abc import Callable
from string import ascii_uppercase

from firmware.words import words
from hub.engine.phrases import CALL, PHRASES, TEXT
from hub.engine.plan import Plan
from hub.engine.state import Announcement

CHIME = "common/chime"
PAUSE = "common/pause"  # between two languages
MAX_TEXT = 120  # of speech/play

LANGUAGE_OF = {"zh": "cmn", "yue": "yue", "en": "en"}  # a visitor's language → the language that is spoken

_HAN_DIGITS = "零一二三四五六七八九"
_HAN = {
    "qing": "请",
    "hao-dao": "号到",
    "hao-chuangkou-banli": "号窗口办理",
    **{f"digit-{value}": digit for value, digit in enumerate(_HAN_DIGITS)},
    "number-10": "十",
}
_ENGLISH = {
    "number": "Number",
    "please-go-to-window": "please go to window",
    **{
        f"digit-{value}": digit
        for value, digit in enumerate(
            ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        )
    },
    **{
        f"number-{10 + value}": number
        for value, number in enumerate(
            (
                *("ten", "eleven", "twelve", "thirteen", "fourteen"),
                *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
            )
        )
    },
    **{
        f"number-{tens}0": number
        for tens, number in enumerate(
            ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
            start=2,
        )
    },
}
_LETTERS = {f"letter-{letter.lower()}": letter for letter in ascii_uppercase}

# What is said in Cantonese where it is not what is written in Chinese.
_CANTONESE = {
    "closing-soon": "服务厅就快结束今日嘅服务，请尽快办理",
    "take-a-ticket": "请先攞飞，喺休息区等候叫号",
    "keep-quiet": "请保持安静，多谢合作",
    "mind-children": "请睇好你嘅细路同随身物品",
}


def catalogue() -> dict[str, str]:
    """Every clip of the bank that is speech → what it says. The folder of the name is the voice: cmn, yue, en."""
    clips = {}
    for language, own in (("cmn", _HAN), ("yue", _HAN), ("en", _ENGLISH)):
        fixed = {f"phrase-{name}": fixed_text(name, language) for name in PHRASES}
        for name, text in {**own, **_LETTERS, **fixed}.items():
            clips[f"{language}/{name}"] = text
    return clips


def clips(plan: Plan, announcement: Announcement) -> tuple[list[str], str]:
    """The clips of the announcement in the order to play them, and its words."""
    if announcement.phrase == TEXT:
        return [CHIME, *announcement.clips], announcement.text
    names: list[str] = [CHIME]
    texts: list[str] = []
    for language in languages(plan, announcement):
        if texts:
            names.append(PAUSE)
        spoken, text = _say(announcement, language)
        names += [f"{language}/{clip}" for clip in spoken]
        texts.append(text)
    return names, " ".join(dict.fromkeys(texts))[:MAX_TEXT]  # Cantonese is often written the same


def languages(plan: Plan, announcement: Announcement) -> list[str]:
    """Mandarin first, then the site's other languages in their order, then the visitor's own if it is none of them."""
    wanted = sorted(plan.settings.call_languages, key=lambda language: language != "cmn")
    wanted.append(LANGUAGE_OF[announcement.language])
    return list(dict.fromkeys(wanted))


def fixed_text(name: str, language: str) -> str:
    """What the fixed phrase called ``name`` says in ``cmn``, ``yue`` or ``en``."""
    if language == "yue" and name in _CANTONESE:
        return _CANTONESE[name]
    return words("phrase." + name, "en" if language == "en" else "zh")


def _say(announcement: Announcement, language: str) -> tuple[list[str], str]:
    """The clips without their folder, and the words, in one language."""
    if announcement.phrase != CALL:
        return [f"phrase-{announcement.phrase}"], fixed_text(announcement.phrase, language)
    return _CALLS[language](announcement.number, announcement.window)


def _call_in_chinese(number: str, window: int) -> tuple[list[str], str]:
    spoken = ["qing", *_spelled(number), "hao-dao", *_chinese_number(window), "hao-chuangkou-banli"]
    return spoken, f"请{number}号到{window}号窗口办理"


def _call_in_english(number: str, window: int) -> tuple[list[str], str]:
    spoken = ["number", *_spelled(number), "please-go-to-window", *_english_number(window)]
    return spoken, f"Number {number}, please go to window {window}"


_CALLS: dict[str, Callable[[str, int], tuple[list[str], str]]] = {
    "cmn": _call_in_chinese,
    "yue": _call_in_chinese,
    "en": _call_in_english,
}


def _spelled(number: str) -> list[str]:
    """Letters and digits one by one: what else stands in a ticket number is not spoken."""
    return [
        f"digit-{character}" if character.isdigit() else f"letter-{character.lower()}"
        for character in number
        if character.isascii() and character.isalnum()
    ]


def _chinese_number(value: int) -> list[str]:
    """1 to 99 as a number: 二十三 is two, ten, three. From 100 on digit by digit."""
    tens, ones = divmod(value, 10)
    if value < 10 or value > 99:
        return _spelled(str(value))
    first = [f"digit-{tens}"] if tens > 1 else []
    return [*first, "number-10", *([f"digit-{ones}"] if ones else [])]


def _english_number(value: int) -> list[str]:
    """1 to 99 as a number: twenty, three. From 100 on digit by digit."""
    tens, ones = divmod(value, 10)
    if value < 10 or value > 99:
        return _spelled(str(value))
    if tens == 1:
        return [f"number-{value}"]
    return [f"number-{tens}0", *([f"digit-{ones}"] if ones else [])]
