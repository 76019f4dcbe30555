"""A challenge is good for the address that it was given for, and for no other."""

from __future__ import annotations

import pytest

from app.core.problems import LoginRefused
from app.services.accounts import Challenges

CHALLENGES = Challenges(b"a secret of the tests alone, 32+")
FOREIGN = Challenges(b"another secret").sealed("ada@example.com", "4c1d:session")
SEALED = CHALLENGES.sealed("ada@example.com", "4c1d:session")


def test_its_own_address_opens_it() -> None:
    """However it is capitalised, on every instance with the same secret."""
    again = Challenges(b"a secret of the tests alone, 32+")
    assert again.opened("Ada@Example.com", SEALED) == "4c1d:session"


@pytest.mark.parametrize(
    ("email", "sealed"),
    [
        ("eve@example.com", SEALED),
        ("ada@example.com", SEALED + "x"),
        ("ada@example.com", SEALED.replace("4c1d", "5c1d")),
        ("ada@example.com", "4c1d:session"),
        ("ada@example.com", ".4c1d:session"),
        ("ada@example.com", ""),
        ("ada@example.com", "é\ud800.4c1d:session"),
        (
            "ada@example.com",
            Challenges(b"another secret").sealed("ada@example.com", "4c1d:session"),
        ),
    ],
)
def test_nothing_else_opens(email: str, sealed: str) -> None:
    """Another address, another challenge, another secret, no seal."""
    with pytest.raises(LoginRefused):
        CHALLENGES.opened(email, sealed)
