"""The one error that a driver raises: a part does not do its work."""


class PartFault(Exception):
    """``part`` is the name in the table of kinds; ``reason`` says in a few words what happened and what to do."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(part + ": " + reason)
        self.part = part
        self.reason = reason
