"""The requests of every pattern's example, to be compared with committed ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from singletable.design.ir import Design, JsonObject, Request
from singletable.emit.data_text import json_text


def golden(design: Design) -> dict[str, list[JsonObject]]:
    """Pattern name → its example's requests, as JSON data."""
    return {
        pattern.name: [asdict(request) for request in pattern.example.requests]
        for pattern in design.patterns
        if pattern.example is not None
    }


def golden_files(design: Design) -> dict[str, str]:
    """File name → text: `posts.by_id.json`."""
    return {
        f"{pattern.name}.json": golden_text(pattern.example.requests)
        for pattern in design.patterns
        if pattern.example is not None
    }


def golden_text(requests: Iterable[Request]) -> str:
    """The text of a golden file."""
    return json_text([asdict(request) for request in requests]) + "\n"
