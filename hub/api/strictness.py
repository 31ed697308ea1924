"""What is asked is what is meant: a query parameter that no route knows, or one told twice, is refused."""

import re
from datetime import date
from typing import Annotated, Any

from fastapi import HTTPException, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, BeforeValidator, Field, model_validator


def _spelt(pattern: str, like: str) -> BeforeValidator:
    """A text in the one spelling; there are others that pydantic would take, such as 1_0 or a day as 0."""

    def spelt(value: Any) -> Any:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise ValueError(f"write it as {like}")
        return value

    return BeforeValidator(spelt)


DIGITS = _spelt("-?[0-9]{1,15}", "a whole number in digits")  # behind the bounds, or the document lacks them
Day = Annotated[date, Field(strict=False), _spelt("[0-9]{4}-[0-9]{2}-[0-9]{2}", "2026-11-22")]
Flag = Annotated[bool, _spelt("true|false", "true or false")]


class Body(BaseModel, extra="forbid", strict=True):
    """A body of the API: no other keys, and `"yes"` is no truth value, nor `"5"` a number."""

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        """JSON has one kind of number: 5.0 is 5."""
        return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


async def known_query(request: Request) -> None:
    """Before every route."""
    route = request.scope["route"]
    assert isinstance(route, APIRoute)
    known = [field.alias for field in route.dependant.query_params]
    for name in request.query_params:
        if name not in known:
            there_are = f"there are {', '.join(known)}" if known else "there are none"
            raise HTTPException(422, f"a query parameter is not known here; {there_are}")
        if len(request.query_params.getlist(name)) > 1:
            raise HTTPException(422, f"{name}: told twice; tell it once")
