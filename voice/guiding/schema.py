"""The JSON Schema of scripts, for editors: generated from the steps' models, so that it cannot lag behind them."""

from __future__ import annotations

from typing import Any

from voice.guiding.steps import Script

SHORT_FORMS = {
    "say": "text", "pause": "seconds", "tone": "sound", "play": "sound", "count": "to", "turn": "say", "keep": "what"
}  # fmt: skip
"""Keys whose body may be just the value of this one field."""
SETTING = {"type": "string", "pattern": r"^\$[a-z_]+$", "description": "the value of a setting"}


def script_schema() -> dict[str, Any]:
    """A schema (draft 2020-12) that takes what the loader takes: short forms, and ``$setting`` for any number."""
    schema = Script.model_json_schema(by_alias=True)
    step = schema["$defs"]["Step"]
    for key, field in SHORT_FORMS.items():
        if key in step["properties"]:
            body = next(part for part in step["properties"][key]["anyOf"] if "$ref" in part)
            short = schema["$defs"][body["$ref"].rsplit("/", 1)[1]]["properties"][field]
            step["properties"][key] = {"anyOf": [body, short]}
    for body in schema["$defs"].values():
        _allow_settings(body.get("properties", {}))
    schema["$defs"]["Step"] = {
        "anyOf": [step | {"minProperties": 1, "maxProperties": 1}, {"enum": ["next", "end", "repeat"]}]
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_plain(schema)}


def _allow_settings(properties: dict[str, Any]) -> None:
    """Let ``$setting`` stand wherever a number, a yes or no, or one of a few words is wanted."""
    for name, value in properties.items():
        ways = value.get("anyOf", [value])
        if any(way.get("type") in ("number", "integer", "boolean") or "enum" in way for way in ways):
            kept = {key: value[key] for key in ("default", "description") if key in value}
            properties[name] = {"anyOf": [*ways, SETTING]} | kept


def _plain(node: Any) -> Any:
    """Without what editors only show as noise: generated titles, defaults that are nothing, and ``null``.

    Where steps are wanted, one word (``next``, ``end``, ``repeat``, a label) may stand instead.
    """
    if isinstance(node, list):
        return [_plain(item) for item in node if item != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    kept = {key: _plain(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))}
    if kept.get("default", 0) is None:
        del kept["default"]
    if kept.get("type") == "array" and "maxItems" in kept:
        return {"anyOf": [kept, {"type": "string"}]}
    if set(kept) == {"anyOf"} and len(kept["anyOf"]) == 1:
        return kept["anyOf"][0]
    return kept
