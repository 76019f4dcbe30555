"""Tokens that open nothing, as data: a name, the reason of the refusal, and a function making it.

Each takes an `Issuer`, so that other tests send the same tokens over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.app.api.auth.issuer import Issuer


@dataclass(frozen=True)
class Hostile:
    reason: str
    make: Callable[[Issuer], str]


Table = Mapping[str, tuple[str, Callable[[Issuer], str]]]


def named(group: str, table: Table) -> dict[str, Hostile]:
    return {f"{group}: {name}": Hostile(*each) for name, each in table.items()}


def fits_a_header(token: str) -> bool:
    """Whether HTTP clients send it at all; white space at the ends is lost on the way."""
    return token.isascii() and token.isprintable() and token == token.strip() and token != ""


def hostile() -> dict[str, Hostile]:
    """All of them."""
    from tests.app.api.auth import hostile_claims, hostile_forms, hostile_signatures

    return hostile_forms.ALL | hostile_signatures.ALL | hostile_claims.ALL
