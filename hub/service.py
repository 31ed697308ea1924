"""Service: what all that runs beside the pipeline has in common: the plan changes, the broker forgets, time passes."""

from hub.engine.plan import Plan


class Service:
    """Overrides what concerns it; the hub keeps one list of them and tells all."""

    def take_plan(self, plan: Plan) -> None:
        """The devices changed."""

    def repeat(self) -> None:
        """The broker may have forgotten everything: what is retained, and what is still to be done, anew."""

    def tick(self) -> None:
        """About once a second, in the loop."""

    async def close(self) -> None:
        """The hub ends; after this nothing of it runs."""
