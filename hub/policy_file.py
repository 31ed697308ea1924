"""Policy file: the rules of whose turn it is, as people write them in policy.toml, checked and made values.

    name = "mornings"
    rules = [
      "when waited over 30 min then first",
      "when priority then first",
      "when appointment due then first",
    ]

    [weights.tax-1]      # at this window waiting for invoices counts three times
    invoices = 3

A rule is ``when CONDITION [and CONDITION …] then EFFECT``; docs/policy.md lists both. A rule that would have to look
past the first one of a line is no rule: a call must cost the same however many wait.
"""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import structs

from hub.engine.plan import Plan
from hub.engine.turns import BOOKED, FIRST, LAST, PLUS, PRIORITY, TIMES, WAITING, Policy, Turn

FILE = "policy.toml"
MOST_RULES, MOST_MIN, MOST_TIMES, MOST_WEIGHT = 40, 600, 20, 20

CONDITIONS = (
    "waited over N min, priority, no priority, appointment, appointment due, no appointment, service is ID[, ID …], "
    "window is ID[, ID …], sent here"
)
EFFECTS = "first, last, plus N min, times N"


class PolicyError(ValueError):
    """What is wrong with a policy file, a line each; says what would be right."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load(plan: Plan, folder: Path) -> Policy:
    """The policy of a hub's folder; the usual one when it has no file. Raises `PolicyError`."""
    path = folder / FILE
    try:
        return read(plan, path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Policy()
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyError([f"{path}: {fault}; mend the file, or move it away for the usual rules"]) from None
    except PolicyError as fault:
        raise PolicyError([f"{path}: {line}" for line in fault.faults]) from None


def read(plan: Plan, text: str) -> Policy:
    """The policy that a file's text says, with every fault of it in the one `PolicyError`."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise PolicyError([f"no TOML: {fault}"]) from None
    faults = [f"{key}: not a key; name, rules and weights are" for key in table.keys() - {"name", "rules", "weights"}]
    name, rules, weights = table.get("name", ""), table.get("rules"), table.get("weights", {})
    if not isinstance(name, str) or len(name) > 60:
        faults.append("name: a text of at most 60 characters")
    if not isinstance(rules, list) or not all(isinstance(rule, str) for rule in rules) or len(rules) > MOST_RULES:
        raise PolicyError(
            [*faults, f'rules: a list of at most {MOST_RULES} texts, such as ["when priority then first"]']
        )
    turns = []
    for place, rule in enumerate(rules, 1):
        try:
            turns.append(turn(plan, rule))
        except ValueError as fault:
            faults.append(f"rule {place}, {rule!r}: {fault}")
    faults += _weight_faults(plan, weights)
    if faults:
        raise PolicyError(faults)
    return Policy(name=name, turns=tuple(turns), weights=weights)


def turn(plan: Plan, rule: str) -> Turn:
    """One rule. Raises ValueError with what is wrong and what would be right."""
    words = " ".join(rule.split())
    matched = re.fullmatch(r"when (.+) then (.+)", words)
    if matched is None:
        raise ValueError("write: when CONDITION then EFFECT")
    made = _effect(Turn(text=words), matched[2])
    for condition in matched[1].split(" and "):
        made = _with(plan, made, condition.strip())
    return made


def _effect(made: Turn, text: str) -> Turn:
    if text in (FIRST, LAST):
        return structs.replace(made, then=text)
    if (found := re.fullmatch(r"plus (\d{1,4}) min", text)) and 1 <= int(found[1]) <= MOST_MIN:
        return structs.replace(made, then=PLUS, amount=int(found[1]))
    if (found := re.fullmatch(r"times (\d{1,3})", text)) and 2 <= int(found[1]) <= MOST_TIMES:
        return structs.replace(made, then=TIMES, amount=int(found[1]))
    raise ValueError(f"then what? One of: {EFFECTS} (at most {MOST_MIN} min, {MOST_TIMES} times)")


_LINES = {
    "priority": (PRIORITY,),
    "no priority": (BOOKED, WAITING),
    "appointment": (BOOKED,),
    "appointment due": (BOOKED,),
    "no appointment": (PRIORITY, WAITING),
}


def _with(plan: Plan, made: Turn, condition: str) -> Turn:
    """The rule with one more condition."""
    if condition in _LINES:
        lines = tuple(line for line in _LINES[condition] if not made.lines or line in made.lines)
        if not lines:
            raise ValueError(f"{condition}: that and what is said before cannot both be")
        return structs.replace(made, lines=lines, is_due=made.is_due or condition == "appointment due")
    if condition == "sent here":
        if made.services:
            raise ValueError("sent here: those sent to a window stand in its own line, whatever the service")
        return structs.replace(made, sent_here=True)
    if found := re.fullmatch(r"waited over (\d{1,4}) min", condition):
        if not 1 <= int(found[1]) <= MOST_MIN:
            raise ValueError(f"waited over 1 to {MOST_MIN} min")
        return structs.replace(made, waited_min=max(made.waited_min, int(found[1])))
    for word, known, field in (("service", plan.service, "services"), ("window", plan.window, "windows")):
        if found := re.fullmatch(rf"{word} is (.+)", condition):
            if word == "service" and made.sent_here:
                raise ValueError("service: those sent to a window stand in its own line, whatever the service")
            ids = _ids(found[1], known.__contains__, word)
            before: tuple[str, ...] = getattr(made, field)
            both = tuple(id for id in ids if id in before) if before else ids
            if not both:
                raise ValueError(f"{condition}: that and what is said before cannot both be")
            return structs.replace(made, **{field: both})
    if condition.startswith("waited under"):
        raise ValueError("waited under: whoever is first in a line has waited longest; write waited over, then last")
    raise ValueError(f"{condition!r} is no condition; one of: {CONDITIONS}")


def _ids(text: str, is_known: Callable[[str], bool], what: str) -> tuple[str, ...]:
    ids = tuple(part.strip() for part in text.split(","))
    unknown = [id for id in ids if not is_known(id)]
    if unknown:
        raise ValueError(f"this site has no {what} {', '.join(unknown)}")
    return ids


def _weight_faults(plan: Plan, weights: Any) -> list[str]:
    if not isinstance(weights, dict):
        return ["weights: a table per window, such as [weights.tax-1] invoices = 3"]
    faults = []
    for window, own in weights.items():
        if window not in plan.window:
            faults.append(f"weights.{window}: this site has no such window")
            continue
        for service, weight in own.items() if isinstance(own, dict) else [("", None)]:
            if service not in plan.window[window].services:
                faults.append(f"weights.{window}.{service}: the window does not serve it")
            elif type(weight) is not int or not 1 <= weight <= MOST_WEIGHT:
                faults.append(f"weights.{window}.{service}: a whole number, 1 to {MOST_WEIGHT}")
    return faults


def text_of(policy: Policy) -> str:
    """The policy as a file; read again it is the same."""
    lines = [f'name = "{policy.name}"', "rules = ["] if policy.name else ["rules = ["]
    lines += [f'  "{turn.text}",' for turn in policy.turns] + ["]"]
    for window, own in policy.weights.items():
        lines += ["", f"[weights.{window}]", *(f"{service} = {weight}" for service, weight in own.items())]
    return "\n".join(lines) + "\n"
