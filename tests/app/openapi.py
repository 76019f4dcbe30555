"""Reads the OpenAPI document: shared parts in their places, and which statuses it tells of."""

from __future__ import annotations

from typing import Any

from app.api.kit.openapi import ANYWHERE

OF_ANY_OPERATION = {str(cls.status) for cls in ANYWHERE}
"""Statuses of `default`, which stands for what any operation may answer."""
_SHARED = ("parameters", "responses", "examples")


def inlined(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every reference to a shared part replaced by it; schemas stay."""
    components: dict[str, Any] = document["components"]

    def inline(part: Any) -> Any:
        match part:
            case {"$ref": str(reference)} if reference.split("/")[2] in _SHARED:
                _, _, kind, name = reference.split("/")
                return inline(components[kind][name])
            case dict():
                return {name: inline(each) for name, each in part.items()}
            case list():
                return [inline(each) for each in part]
            case _:
                return part

    return {**document, "paths": inline(document["paths"])}


def own_statuses(operation: dict[str, Any]) -> set[str]:
    """Those that the operation lists itself."""
    return set(operation["responses"]) - {"default"}
