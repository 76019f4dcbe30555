"""The tokens of previews: made here, told once, kept as their hash alone."""

from __future__ import annotations

import hashlib
import secrets

from model import PreviewId

BYTES = 32


def new_token() -> str:
    """Random, fit for a URL's fragment; nobody can guess one."""
    return secrets.token_urlsafe(BYTES)


def identity_of(token: str) -> PreviewId:
    """Under which a token's preview is stored.

    Looking up a hash takes no time that depends on how much of a token is right: nothing that a
    guesser chooses is compared with a secret.
    """
    return PreviewId(hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest())
