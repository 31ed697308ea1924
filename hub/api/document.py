"""The OpenAPI document: parameters and bodies as FastAPI checks them, answers as routes tell, refusals as they come.

Nothing is written twice: a route says beside its path what it answers with (`tells`); what the middleware refuses is
added here to each route that it stands before.
"""

from collections.abc import Callable, Iterator
from types import GenericAlias
from typing import Any, NamedTuple, TypeVar

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from hub.api.bodies import JSON, MOST_NUMBER, TEXT_PATTERN
from hub.api.door import CALLBACKS, SCHEME
from hub.api.shapes import Refusal

Json = dict[str, Any]
Handler = TypeVar("Handler", bound=Callable[..., Any])
REF = "#/components/schemas/{name}"
LINES = "application/x-ndjson"
WHY = {
    400: "The body is not JSON in UTF-8, or holds what is read in two ways.",
    401: "The token is missing or wrong; at a callback, the signature, its time or its nonce.",
    404: "There is no such thing.",
    409: "A rule says no, often with its code; nothing was changed.",
    413: "The body is too long.",
    415: "The body is not told to be application/json.",
    422: "What was sent does not fit; says where, and what would.",
    503: "It could not be done, or not noted, just now; says why.",
}
ABOUT = (
    "What the command line uses. On loopback only. Refused requests change nothing, and are counted in `GET /status`."
)


class Told(NamedTuple):
    """What a route answers with: the type of its value, its status, its noes, and how it is written."""

    shape: Any
    noes: tuple[int, ...]
    status: int = 200
    media_type: str = JSON


def tells(shape: Any, *noes: int, status: int = 200, media_type: str = JSON) -> Callable[[Handler], Handler]:
    """Beside a route: ``shape`` as msgspec describes it; ``noes``: the statuses it refuses with by itself."""

    def marked(handler: Handler) -> Handler:
        handler.told = Told(shape, noes, status, media_type)  # type: ignore[attr-defined]
        return handler

    return marked


def routes(app: FastAPI) -> Iterator[APIRoute]:
    """All that people and platforms may ask."""
    return (route for route in app.routes if isinstance(route, APIRoute))


def told_by(route: APIRoute) -> Told:
    """Raises AttributeError when it does not tell."""
    told: Told = route.endpoint.told  # type: ignore[attr-defined]
    return told


def document(app: FastAPI) -> Json:
    """JSON values. Raises AttributeError for a route that does not tell what it answers with."""
    made = get_openapi(
        title=app.title, version=app.version, description=ABOUT, routes=app.routes, separate_input_output_schemas=False
    )
    shapes = {_inner(told_by(route).shape) for route in routes(app)} | {Refusal}
    _, components = msgspec.json.schema_components(sorted(shapes, key=str), ref_template=REF)
    schemas: Json = made.setdefault("components", {}).setdefault("schemas", {})
    bodies = {name: schema for name, schema in schemas.items() if "ValidationError" not in name}
    for schema in bodies.values():
        _only_plain(schema)
    made["components"]["schemas"] = dict(sorted({**components, **bodies}.items()))
    made["components"]["securitySchemes"] = {"token": SCHEME}
    made["security"] = [{"token": []}]
    _drop_titles(made)
    for route in routes(app):
        for method in route.methods or ():
            operation = made["paths"][route.path_format][method.lower()]
            operation["responses"] = _answers(route, operation, method)
            if route.path.startswith(CALLBACKS):
                operation["security"] = []
    return made


def _inner(shape: Any) -> Any:
    return shape.__args__[0] if isinstance(shape, GenericAlias) else shape


def _answers(route: APIRoute, operation: Json, method: str) -> Json:
    told = told_by(route)
    noes = {401, *told.noes}
    is_callback = route.path.startswith(CALLBACKS)
    if "requestBody" in operation:
        noes |= {413} if is_callback else {400, 413, 415, 422}
    if operation.get("parameters") and not is_callback:
        noes.add(422)
    if method != "GET" and not is_callback:
        noes.add(503)
    schema = msgspec.json.schema_components([told.shape], ref_template=REF)[0][0]
    good = {"description": "Done, or found.", "content": {told.media_type: {"schema": schema}}}
    refusal = {"content": {JSON: {"schema": {"$ref": REF.format(name=Refusal.__name__)}}}}
    return {str(told.status): good, **{str(code): {"description": WHY[code], **refusal} for code in sorted(noes)}}


def _drop_titles(value: Any) -> None:
    """FastAPI's own, which say a field's name again."""
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(item, dict) and isinstance(item.get("title"), str) and "version" not in item:
            del item["title"]
        _drop_titles(item)


def _only_plain(schema: Any) -> None:
    """The texts and numbers of bodies are those that `Bodies` lets in; so are the keys."""
    if isinstance(schema, list):
        for item in schema:
            _only_plain(item)
    elif isinstance(schema, dict):
        if schema.get("type") == "string" and not schema.keys() & {"pattern", "enum", "const", "format"}:
            schema["pattern"] = TEXT_PATTERN
        elif schema.get("type") in ("integer", "number"):
            schema.setdefault("minimum", -MOST_NUMBER)
            schema.setdefault("maximum", MOST_NUMBER)
        elif isinstance(schema.get("additionalProperties"), dict):
            schema.setdefault("propertyNames", {}).update(type="string", pattern=TEXT_PATTERN)
        for item in schema.values():
            _only_plain(item)
