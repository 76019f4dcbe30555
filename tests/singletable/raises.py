"""Expected errors, compared by class and fields: the wording of each class is pinned once."""

from __future__ import annotations

from typing import TypeVar

import pytest

E = TypeVar("E", bound=BaseException)

SENTENCES = {"declared", "allowed", "reason", "problems", "problem", "detail", "message"}
"""The fields that hold a sentence, of which a test gives the words that matter."""


def raises(kind: type[E], **expected: object) -> pytest.RaisesExc[E]:
    """Expects an error of exactly this class that has these fields.

    Of a field that is a sentence, a part is expected; any other field is expected to be equal.
    """

    def check(error: E) -> bool:
        assert type(error) is kind, (
            f"{type(error).__name__} is raised, not {kind.__name__}: {error}"
        )
        different = [
            f"{name} is {found!r}, not {wanted!r}"
            for name, wanted in expected.items()
            if not _fits(name, found := getattr(error, name), wanted)
        ]
        assert not different, f"{kind.__name__}: {'; '.join(different)}"
        return True

    return pytest.raises(kind, check=check)


def _fits(name: str, found: object, wanted: object) -> bool:
    return str(wanted) in str(found) if name in SENTENCES else found == wanted
