"""The policy of the project, loaded once, the same with more for toys, and what it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from app.adapters.opa import WasmPolicy
from app.services.policy import ALLOW, Policy
from scripts.docs.matrix_tables import Document
from scripts.docs.pages import documented

BUNDLE = Path(__file__).parents[2] / "opa" / "build"


@cache
def built() -> WasmPolicy:
    """As committed."""
    return WasmPolicy.load(BUNDLE)


@cache
def openapi_document() -> Document:
    """The API's document; making it takes a whole app."""
    return documented(BUNDLE)


class AlsoAllowing:
    """The policy, and what it knows nothing of: these actions are everyone's."""

    def __init__(self, *actions: str, policy: Policy | None = None) -> None:
        self._actions = actions
        self._policy = policy or built()

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        if entrypoint == ALLOW and question["action"] in self._actions:
            return True
        return self._policy.evaluate(entrypoint, question)
