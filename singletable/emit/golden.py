"""The requests of every pattern's example, to be compared with committed ones."""

from __future__ import annotations

from typing import Any

from singletable.catalogue import Catalogue
from singletable.catalogue.readable import json_text


def golden(catalogue: Catalogue) -> dict[str, list[dict[str, Any]]]:
    """Pattern name → its example's requests, as JSON data."""
    return {row.name: list(row.example.requests) for row in catalogue.patterns}


def golden_files(catalogue: Catalogue) -> dict[str, str]:
    """File name → text: `posts.by_id.json`."""
    return {f"{name}.json": json_text(data) + "\n" for name, data in golden(catalogue).items()}
