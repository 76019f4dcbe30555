"""The port behind which policies are evaluated, and what they have to answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

ALLOW: Final = "fmweb/allow"
VISIBLE: Final = "fmweb/posts/visible"
ENTRYPOINTS: Final = (ALLOW, VISIBLE)


class Policy(Protocol):
    """Safe to ask from several threads at once."""

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        """What the entrypoint answers to the input document; raises anything on failure."""
        ...
