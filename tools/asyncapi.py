"""The AsyncAPI 3 document of the wire, made from the declared messages and kinds."""

from typing import Any

from firmware.kinds import KINDS
from firmware.wire import fields, topics
from firmware.wire.messages.base import Act, Answer, Message, Report, Request, Show
from firmware.wire.messages.registry import MESSAGES


def document(version: str) -> dict[str, Any]:
    """The whole document as plain JSON; ``version`` is the project's."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "hallhub wire",
            "version": version,
            "description": "Messages between the devices of a public service hall and its hub, over MQTT 3.1.1. "
            "Generated from firmware/wire/messages and firmware/kinds.py; do not edit.",
        },
        "defaultContentType": "application/json",
        "channels": {_key(m): _channel(m) for m in MESSAGES.values()},
        "operations": {_key(m): _operation(m) for m in MESSAGES.values()},
        "components": {
            "messages": {_key(m): _message(m) for m in MESSAGES.values()},
            "schemas": {_key(m): schema(m) for m in MESSAGES.values()},
        },
    }


def nature(message: type[Message]) -> str:
    """Which of the five natures: Report, Request, Answer, Show, Act; a plain message is just that."""
    for base in (Report, Request, Answer, Show, Act):
        if issubclass(message, base):
            return base.__name__
    return "Message"


def kinds_of(message: type[Message]) -> list[str]:
    """The device kinds that send (up) or accept (down) it."""
    return [k.name for k in KINDS.values() if message.name in (k.sends if message.up else k.accepts)]


def summary(message: type[Message]) -> str:
    """The first paragraph of the docstring, on one line."""
    return " ".join((message.__doc__ or "").strip().split("\n\n")[0].split())


def schema(struct: type[fields.Struct]) -> dict[str, Any]:
    """The JSON schema of a struct. Unknown keys are allowed: an older reader understands a newer writer."""
    made: dict[str, Any] = {
        "type": "object",
        "properties": {name: _property(field) for name, field in sorted(struct.fields().items())},
    }
    required = sorted(name for name, field in struct.fields().items() if field.default is fields.REQUIRED)
    if required:
        made["required"] = required
    return made


def _property(field: fields.Field) -> dict[str, Any]:
    made = _shape(field)
    if field.default is not fields.REQUIRED:
        made["default"] = list(field.default) if isinstance(field.default, tuple) else field.default
    return made


def _shape(field: Any) -> dict[str, Any]:
    if field.rule is fields.slug:
        return {
            "type": "string",
            "minLength": field.least,
            "maxLength": field.most,
            "pattern": "^[a-z0-9-]*$",
        }
    if field.rule is fields.text:
        return {"type": "string", "minLength": field.least, "maxLength": field.most}
    if field.rule is fields.whole:
        return {"type": "integer", "minimum": field.least, "maximum": field.most}
    if field.rule is fields.truth:
        return {"type": "boolean"}
    if field.rule is fields.one_of:
        return {"type": "string", "enum": list(field.of)}
    if field.rule is fields.list_of:
        item = _shape(field.of) if isinstance(field.of, fields.Field) else schema(field.of)
        return {"type": "array", "maxItems": field.most, "items": item}
    raise TypeError(f"no schema for {field.rule.__name__}: say in tools/asyncapi.py what it looks like in JSON")


def _key(message: type[Message]) -> str:
    return message.name.replace("/", "-")


def _channel(message: type[Message]) -> dict[str, Any]:
    place = topics.up if message.up else topics.down
    address = place("{site}", "{device}", message.name)
    parameters = {
        "site": {"description": "The building, a lower-case slug."},
        "device": {"description": "The device's id, a lower-case slug; also its MQTT user and client id."},
    }
    if getattr(message, "slotted", False):
        address += "/{slot}"
        parameters["slot"] = {"description": "The place on the screen, from 0."}
    return {
        "address": address,
        "messages": {_key(message): {"$ref": f"#/components/messages/{_key(message)}"}},
        "parameters": parameters,
    }


def _operation(message: type[Message]) -> dict[str, Any]:
    return {
        "action": "receive" if message.up else "send",
        "channel": {"$ref": f"#/channels/{_key(message)}"},
        "summary": summary(message),
        "tags": [{"name": nature(message)}] + [{"name": kind} for kind in kinds_of(message)],
        "bindings": {"mqtt": {"qos": message.qos, "retain": message.retained, "bindingVersion": "0.2.0"}},
    }


def _message(message: type[Message]) -> dict[str, Any]:
    return {
        "name": message.name,
        "summary": summary(message),
        "description": f"At most {message.max_bytes} bytes.",
        "payload": {"$ref": f"#/components/schemas/{_key(message)}"},
    }
