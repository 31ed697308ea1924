"""The rules of a hall, as functions without I/O, clock or random.

`decide(plan, site, request) -> events | Refused`, `evolve(plan, site, event)`, `react(plan, site, event) -> effects`.
Time is a field of every request (``at_ms``). Replaying the journal is `evolve` only.
"""
