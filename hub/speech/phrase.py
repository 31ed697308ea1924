"""Phrases: an announcement as the names of the clips to play one after another, and in words. Pure.

    请 H A 零零一 号到 二十三 号窗口办理

Letters and digits one by one, as people read a ticket; a window as the number that it is. The same clips serve every
ticket, so nothing is synthesised while visitors wait and any amplifier can hold the whole bank.
"""

import hashlib
import re
from string import ascii_uppercase

from firmware.words import words
from hub.engine.phrases import CALL, PHRASES, TEXT
from hub.engine.plan import Plan, Settings
from hub.engine.state import Announcement

CHIME = "common/chime"
PAUSE = "common/pause"  # between two languages
MAX_TEXT = 120  # of speech/play
USUAL = Settings()

LANGUAGE_OF = {"zh": "cmn", "yue": "yue", "en": "en"}  # a visitor's language → the language that is spoken

_HAN_DIGITS = "零一二三四五六七八九"
_ENGLISH_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
YAO = "digit-1-yao"
_HAN = {**{f"digit-{value}": digit for value, digit in enumerate(_HAN_DIGITS)}, "number-10": "十"}
_ENGLISH = {
    **{f"digit-{value}": digit for value, digit in enumerate(_ENGLISH_DIGITS)},
    **{f"number-{10 + value}": number for value, number in enumerate(_TEENS)},
    **{f"number-{tens}0": number for tens, number in enumerate(_TENS, start=2)},
}
_LETTERS = {f"letter-{letter.lower()}": letter for letter in ascii_uppercase}

# The parts of the usual wordings, so that recordings of them have names that say what they are.
_PARTS = {
    "请": "qing",
    "号到": "hao-dao",
    "号窗口办理": "hao-chuangkou-banli",
    "Number": "number",
    "please go to window": "please-go-to-window",
}
_PLACE = re.compile(r"\{(number|window)\}")

# What is said in Cantonese where it is not what is written in Chinese.
_CANTONESE = {
    "closing-soon": "服务厅就快结束今日嘅服务，请尽快办理",
    "take-a-ticket": "请先攞飞，喺休息区等候叫号",
    "keep-quiet": "请保持安静，多谢合作",
    "mind-children": "请睇好你嘅细路同随身物品",
}


def catalogue(settings: Settings = USUAL) -> dict[str, str]:
    """Every clip of the bank that is speech → what it says. The folder of the name is the voice: cmn, yue, en."""
    clips = {}
    for language, own in (("cmn", {**_HAN, YAO: "幺"}), ("yue", _HAN), ("en", _ENGLISH)):
        fixed = {f"phrase-{name}": fixed_text(name, language) for name in PHRASES}
        parts = {_part(text): text for text in _texts(_wording(settings, language))}
        for name, text in {**own, **_LETTERS, **parts, **fixed}.items():
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
        spoken, text = _say(plan, announcement, language)
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


def _say(plan: Plan, announcement: Announcement, language: str) -> tuple[list[str], str]:
    """The clips without their folder, and the words, in one language."""
    if announcement.phrase != CALL:
        return [f"phrase-{announcement.phrase}"], fixed_text(announcement.phrase, language)
    wording = _wording(plan.settings, language)
    spoken: list[str] = []
    for at, piece in enumerate(_PLACE.split(wording)):
        if at % 2 == 0:
            spoken += [_part(text) for text in _texts(piece)]
        elif piece == "number":
            spoken += _spelled(announcement.number, is_yao=language == "cmn" and plan.settings.one_is_yao)
        else:
            spoken += (_english_number if language == "en" else _chinese_number)(announcement.window)
    return spoken, wording.format(number=announcement.number, window=announcement.window)


def _wording(settings: Settings, language: str) -> str:
    return settings.call_wording_en if language == "en" else settings.call_wording


def _texts(wording: str) -> list[str]:
    """What is spoken between the places, without the marks around it."""
    texts = (text.strip(" ,.;:!?，。；：！？、") for text in _PLACE.sub("\n", wording).split("\n"))
    return [text for text in texts if text]


def _part(text: str) -> str:
    """The name of the clip that says a part of a wording."""
    return _PARTS.get(text) or "part-" + hashlib.sha256(text.encode()).hexdigest()[:12]


def _spelled(number: str, *, is_yao: bool = False) -> list[str]:
    """Letters and digits one by one: what else stands in a ticket number is not spoken."""
    return [
        YAO
        if is_yao and character == "1"
        else f"digit-{character}"
        if character.isdigit()
        else f"letter-{character.lower()}"
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
