"""The kinds of operations that are counted apart. Knows no route."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Each has a quota of its own; its name is that of the policy in `RateLimit`."""

    READ = "read"
    WRITE = "write"
    SIGN_IN = "sign-in"
