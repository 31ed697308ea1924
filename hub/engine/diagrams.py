"""Diagrams of the legal moves, as Mermaid text: a table in, a picture's source out. Generated into docs."""

from hub.engine import moves

TITLES = {
    "ticket": moves.TICKET,
    "appointment": moves.APPOINTMENT,
    "window": moves.WINDOW,
    "alarm": moves.ALARM,
    "case": moves.CASE,
}
STARTS = {"ticket": "", "appointment": "", "window": "closed", "alarm": "", "case": ""}


def mermaid(table: moves.Moves, start: str = "") -> str:
    """A ``stateDiagram-v2``. Acts that lead from one state to the same next one share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (before, act), after in table.items():
        arrows.setdefault((before, after), []).append(act)
    lines = ["stateDiagram-v2"]
    if start:
        lines.append(f"    [*] --> {start}")
    lines += [f"    {before or '[*]'} --> {after}: {', '.join(acts)}" for (before, after), acts in arrows.items()]
    lines += [f"    {state} --> [*]" for state in moves.states(table) if state in moves.ends(table)]
    return "\n".join(lines) + "\n"


def all_diagrams() -> dict[str, str]:
    """What → Mermaid text: ticket, appointment, window, alarm, case."""
    return {title: mermaid(table, STARTS[title]) for title, table in TITLES.items()}
