"""Fields and structs: the smallest language in which the wire is declared, checked and written.

Runs on MicroPython and CPython. A struct is a class whose fields are class attributes:

    class TicketTake(Request):
        name = "ticket/take"
        service: str = Slug()
        language: str = OneOf("zh", "yue", "en", default="zh")

``TicketTake.decode(b'{"service":"passport"}')`` gives a checked object or raises `Malformed`; nothing
else ever comes out of it, whatever the bytes. Unknown keys are ignored, so that an older reader
understands a newer writer.
"""

import json
from collections import namedtuple

try:
    from typing import Any, dataclass_transform
except ImportError:  # MicroPython

    def dataclass_transform(**_: "Any") -> "Any":  # type: ignore[misc]
        return lambda cls: cls


try:
    _to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once: it is dear
except AttributeError:  # MicroPython never escapes

    def _to_json(o: "Any") -> str:
        return json.dumps(o, separators=(",", ":"))


class Malformed(Exception):
    """Bytes from outside that do not say what they should. ``where`` is a path such as ``rows[2].window``.

    ``boot`` and ``seq`` are those of the message when it was readable enough to tell them, so that its
    sender can be answered; otherwise ``None``.
    """

    boot: "str | None" = None
    seq: "int | None" = None

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where + ": " + reason if where else reason)
        self.where = where
        self.reason = reason


_has_room = hasattr(json, "JSONEncoder")  # not a microcontroller
MANY = 9  # choices
REQUIRED = object()  # marks a field without a default

# One declared value, as small as it can be: a board holds dozens. ``rule(field, value, where)`` gives the value as the
# program uses it or raises `Malformed`; ``least`` and ``most`` bound a length or a number; ``of`` are the choices of a
# one_of (`MANY` in one text on a board, where each is 32 bytes), or what a list_of holds: a Field or a Struct class.
Field = namedtuple("Field", ("rule", "default", "least", "most", "of"))

declared: "dict[Field, Field]" = {}  # what is declared twice is in memory once; a small board empties it


def _field(*facts: "Any") -> "Any":
    made = Field(*facts)
    return declared.setdefault(made, made)


SLUG_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


def text(field: "Field", value: "Any", where: str) -> "Any":
    """The rule of `Text`."""
    if not isinstance(value, str):
        raise Malformed(where, "text expected")
    if not field.least <= len(value) <= field.most:
        raise Malformed(where, "%d to %d characters expected" % (field.least, field.most))
    try:
        value.encode()
    except ValueError:  # a lone surrogate: JSON can spell it, UTF-8 cannot carry it
        raise Malformed(where, "not valid Unicode")
    return value


def slug(field: "Field", value: "Any", where: str) -> "Any":
    """The rule of `Slug`: safe in a topic, a file name and a URL."""
    text(field, value, where)
    for letter in value:
        if letter not in SLUG_LETTERS:
            raise Malformed(where, "lower-case letters, digits and hyphens expected")
    return value


def whole(field: "Field", value: "Any", where: str) -> "Any":
    """The rule of `Int`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed(where, "whole number expected")
    if not field.least <= value <= field.most:
        raise Malformed(where, "%d to %d expected" % (field.least, field.most))
    return value


def truth(field: "Field", value: "Any", where: str) -> "Any":
    """The rule of `Bool`."""
    if not isinstance(value, bool):
        raise Malformed(where, "true or false expected")
    return value


def one_of(field: "Field", value: "Any", where: str) -> "Any":
    """The rule of `OneOf`."""
    choices = field.of.split("\n") if isinstance(field.of, str) else field.of
    if not isinstance(value, str) or value not in choices:
        raise Malformed(where, "one of " + ", ".join(choices) + " expected")
    return value


def list_of(field: "Field", value: "Any", where: str) -> "Any":
    """The rule of `ListOf`."""
    if not isinstance(value, (list, tuple)):
        raise Malformed(where, "list expected")
    if len(value) > field.most:
        raise Malformed(where, "at most %d items expected" % field.most)
    return [_item(field.of, item, "%s[%d]" % (where, i)) for i, item in enumerate(value)]


def _item(of: "Any", item: "Any", where: str) -> "Any":
    if isinstance(of, Field):
        return of.rule(of, item, where)
    return item if isinstance(item, of) else of.from_plain(item, where)


# The declarations below return Any so that mypy reads the annotation beside them: ``size: int = Int(1, 9)``.


def Text(max_length: int, min_length: int = 0, default: "Any" = REQUIRED) -> "Any":
    """Unicode text of ``min_length`` to ``max_length`` characters."""
    return _field(text, default, min_length, max_length, None)


def Slug(max_length: int = 48, default: "Any" = REQUIRED, min_length: int = 1) -> "Any":
    """An identifier: lower-case letters, digits, hyphens."""
    return _field(slug, default, min_length, max_length, None)


def Int(low: int, high: int, default: "Any" = REQUIRED) -> "Any":
    """A whole number, ``low`` to ``high`` inclusive."""
    return _field(whole, default, low, high, None)


def Bool(default: "Any" = REQUIRED) -> "Any":
    """True or false."""
    return _field(truth, default, 0, 0, None)


def OneOf(*choices: str, default: "Any" = REQUIRED) -> "Any":
    """One of the given words."""
    return _field(one_of, default, 0, 0, choices if _has_room or len(choices) < MANY else "\n".join(choices))


def ListOf(item: "Any", max_items: int, default: "Any" = REQUIRED) -> "Any":
    """At most ``max_items`` values, each a field or a `Struct`."""
    return _field(list_of, default, 0, max_items, item)


@dataclass_transform(kw_only_default=True, field_specifiers=(Text, Slug, Int, Bool, OneOf, ListOf))
class Struct:
    """A record of declared fields. Values given to the constructor are checked too: what is sent is right."""

    def __init__(self, **values: "Any") -> None:
        for key, field in self.fields().items():
            if key in values:
                value = field.rule(field, values.pop(key), key)
            elif field.default is REQUIRED:
                raise Malformed(key, "missing")
            else:
                value = field.default
            setattr(self, key, value)
        for key in values:
            raise TypeError("%s has no field %s" % (type(self).__name__, key))

    @classmethod
    def fields(cls) -> "dict[str, Field]":
        """Name → field, those of the base classes included; worked out once per class, and kept in few bytes."""
        own = cls.__dict__.get("_fields")
        if own is None:
            own = {}
            _gather(cls, own)
            cls._fields = own if _has_room else tuple(own)  # type: ignore[attr-defined]
        elif not _has_room:
            own = {key: getattr(cls, key) for key in own}
        return own

    @classmethod
    def from_plain(cls, value: "Any", where: str = "") -> "Any":
        """The struct from parsed JSON; raises `Malformed` with the path of what is wrong."""
        if not isinstance(value, dict):
            raise Malformed(where, "object expected")
        made = object.__new__(cls)
        for key, field in cls.fields().items():
            at = where + "." + key if where else key
            if key in value:
                setattr(made, key, field.rule(field, value[key], at))
            elif field.default is REQUIRED:
                raise Malformed(at, "missing")
            else:
                setattr(made, key, field.default)
        return made

    def to_plain(self) -> "dict[str, Any]":
        """The struct as JSON can carry it; fields that hold their default are left out."""
        plain = {}
        for key, field in self.fields().items():
            value = getattr(self, key)
            if value != field.default:
                plain[key] = _plain_items(value) if field.rule is list_of else value
        return plain

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.to_plain() == other.to_plain()

    def __repr__(self) -> str:
        return "%s(%s)" % (type(self).__name__, ", ".join("%s=%r" % item for item in self.to_plain().items()))


def _gather(cls: "Any", found: "dict[str, Field]") -> None:
    for base in cls.__bases__:
        if base is not object:
            _gather(base, found)
    for key in sorted(cls.__dict__):
        if isinstance(cls.__dict__[key], Field):
            found[key] = cls.__dict__[key]


def _plain_items(items: "Any") -> "list[Any]":
    return [item.to_plain() if isinstance(item, Struct) else item for item in items]


def parse(payload: bytes, max_bytes: int) -> "Any":
    """The JSON object in ``payload``, or `Malformed`; never another exception, whatever the bytes."""
    if len(payload) > max_bytes:
        raise Malformed("", "%d bytes, at most %d expected" % (len(payload), max_bytes))
    try:
        value = json.loads(payload)
    except (ValueError, RuntimeError, MemoryError):  # RuntimeError: nested too deep
        raise Malformed("", "not JSON")
    if not isinstance(value, dict):
        raise Malformed("", "object expected")
    return value


def dump(plain: "Any") -> bytes:
    """Compact JSON, UTF-8 bytes."""
    return _to_json(plain).encode()
