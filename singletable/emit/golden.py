"""The requests of every pattern's example, to be compared with committed ones."""

from __future__ import annotations

from dataclasses import asdict

from singletable.design.ir import Design, JsonObject
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
    return {f"{name}.json": json_text(data) + "\n" for name, data in golden(design).items()}
