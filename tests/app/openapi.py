"""Reads the OpenAPI document: shared parts in their places, and which statuses it tells of."""

from __future__ import annotations

from typing import Any

from app.api.kit.openapi import ANYWHERE

OF_ANY_OPERATION = {str(cls.status) for cls in ANYWHERE}
"""Statuses of `default`, which stands for what any operation may answer."""
_SHARED = ("parameters", "responses", "examples")


def inlined(document: dict[str, Any]) -> dict[str, Any]:
    """The document with every reference to a shared part or value replaced by it; models stay."""
    components: dict[str, Any] = document["components"]
    schemas: dict[str, Any] = components["schemas"]
    models = {name for name, each in schemas.items() if {"properties", "enum"} & each.keys()}

    def inline(part: Any) -> Any:
        match part:
            case {"$ref": str(reference), **more} if reference.split("/")[2] in _SHARED or (
                reference.split("/")[3] not in models
            ):
                _, _, kind, name = reference.split("/")
                return inline({**components[kind][name], **more})
            case dict():
                return {name: inline(each) for name, each in part.items()}
            case list():
                return [inline(each) for each in part]
            case _:
                return part

    known = {**components, "schemas": inline(schemas)}
    return {**document, "paths": inline(document["paths"]), "components": known}


def own_statuses(operation: dict[str, Any]) -> set[str]:
    """Those that the operation lists itself."""
    return set(operation["responses"]) - {"default"}
