"""Which secrets anyone could guess. Shows none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import log2
from typing import TYPE_CHECKING

from app.settings.problems import Problem

if TYPE_CHECKING:
    from app.settings.fields import Settings

# Public on purpose: they open nothing but a stage that says it is `local`.
LOCAL_TOKEN = "local-dev-token"  # noqa: S105
LOCAL_CURSOR_SECRET = "cursors-of-a-local-stage-are-not-secret"  # noqa: S105
DOCUMENTED_SECRET = "only signs examples in the documentation"  # noqa: S105
SHORTEST_SECRET = 32
FEWEST_BITS = 64
FEWEST_CHARACTERS = 5


def broken_secret_rules(settings: Settings) -> Iterator[Problem]:
    yield from _cursor_secret(settings)
    yield from _previous_cursor_secret(settings)
    yield from _client_secret(settings)


def estimate_bits(secret: str) -> float:
    """How much there is to guess: what repeats, characters or pieces of three, counts once."""
    shares = [count / len(secret) for count in Counter(secret).values()]
    pieces = {secret[at : at + 3] for at in range(len(secret) - 2)}
    return -sum(share * log2(share) for share in shares) * (len(pieces) + 2)


def _cursor_secret(settings: Settings) -> Iterator[Problem]:
    secret = settings.cursor_secret.get_secret_value()
    remedy = f"Set at least {SHORTEST_SECRET} random characters, or APP_ENV=local on your machine"
    if not secret:
        yield Problem(
            ("CURSOR_SECRET", "APP_ENV"),
            f"the secret is missing, and APP_ENV is {settings.app_env}",
            remedy,
        )
    else:
        yield from _weakness("CURSOR_SECRET", secret, remedy, is_local=settings.is_local)


def _previous_cursor_secret(settings: Settings) -> Iterator[Problem]:
    secret = settings.cursor_secret_previous.get_secret_value()
    remedy = "Set the CURSOR_SECRET of the deployment before this one, or leave it out"
    if secret:
        yield from _weakness("CURSOR_SECRET_PREVIOUS", secret, remedy, is_local=settings.is_local)


def _weakness(name: str, secret: str, remedy: str, *, is_local: bool) -> Iterator[Problem]:
    if len(secret) < SHORTEST_SECRET:
        yield Problem((name,), f"shorter than {SHORTEST_SECRET} characters", remedy)
    elif is_local:
        return
    elif secret in {LOCAL_CURSOR_SECRET, DOCUMENTED_SECRET}:
        yield Problem((name,), "a public value of local stages or of documents", remedy)
    elif estimate_bits(secret) < FEWEST_BITS:
        yield Problem((name,), "too uniform: it could be guessed", remedy)


def _client_secret(settings: Settings) -> Iterator[Problem]:
    """Cognito makes it, at random."""
    secret = settings.cognito_client_secret.get_secret_value()
    if secret and len(set(secret)) < FEWEST_CHARACTERS and not settings.is_local:
        yield Problem(
            ("COGNITO_CLIENT_SECRET",),
            "too uniform to be one that Cognito made",
            "Set the secret of the user pool's app client",
        )
