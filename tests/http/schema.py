"""A small reader of JSON Schema: as much of it as our OpenAPI document uses."""

from __future__ import annotations

from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "number": (int, float),
    "integer": int,
}
_READ = {"$ref", "type", "properties", "required", "items", "anyOf", "oneOf", "additionalProperties", "const", "enum"}
_LIMITS = {"minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "minItems", "maxItems"}
_WORDS = {"title", "description", "default", "examples"}


def violations(value: Any, schema: dict[str, Any], document: dict[str, Any], where: str = "$") -> list[str]:
    """What in `value` is not as `schema` says; references are looked up in `document`."""
    unknown = schema.keys() - _READ - _LIMITS - _WORDS
    assert not unknown, f"teach tests/http/schema.py: {unknown}"
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        return violations(value, document["components"]["schemas"][name], document, where)
    if options := schema.get("anyOf") or schema.get("oneOf"):
        tried = [violations(value, option, document, where) for option in options]
        return [] if [] in tried else tried[0]
    if value != schema.get("const", value) or ("type" in schema and not _is(value, schema["type"])):
        return [f"{where} should be {schema}: {value!r}"]
    if isinstance(value, dict):
        return _in_object(value, schema, document, where)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [each for i, item in enumerate(value) for each in violations(item, items, document, f"{where}[{i}]")]
    return []


def _in_object(value: dict[str, Any], schema: dict[str, Any], document: dict[str, Any], where: str) -> list[str]:
    found = [f"{where}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    others = schema.get("additionalProperties", True)
    for name, item in value.items():
        rule = schema.get("properties", {}).get(name, others)
        if isinstance(rule, dict):
            found += violations(item, rule, document, f"{where}.{name}")
        elif not rule:
            found.append(f"{where}.{name} is not documented")
    return found


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])
