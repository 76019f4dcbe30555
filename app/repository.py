"""Builds the repository of the configured table, with its cache and its observers."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from typing import Any

from access_patterns import blog
from app.adapters.read_cache import Pages, ReadCache
from app.aws.clients import Clients
from app.core.context import note_pattern
from app.core.metrics import note_observed, note_served
from app.core.settings import Settings
from singletable import Repository, boto3_transport

log = logging.getLogger("app.cache")


_SPARE_SECONDS = 10.0


def cached(
    repository: Repository, settings: Settings, opened: ExitStack | None = None
) -> Repository:
    """The repository, answering public questions from Redis. Connects to nothing yet.

    `opened` is given what has to be closed at the end.
    """
    if not settings.redis_url:
        log.info("REDIS_URL is not set: answers are not shared between instances")
        return repository
    pages = Pages(settings.redis_url, doubt_seconds=longest_write(settings))
    secret = settings.cursor_secret.get_secret_value().encode()
    observed = {} if settings.metrics == "off" else {"observe": note_served}
    cache = ReadCache(pages, secret, **observed)
    if opened is not None:
        opened.callback(cache.close)
    return repository.with_middleware(cache)


def longest_write(settings: Settings) -> float:
    """Seconds within which a write has happened, or never will."""
    attempt = settings.aws_connect_timeout_seconds + settings.aws_read_timeout_seconds
    return settings.aws_max_attempts * attempt + _SPARE_SECONDS


def make_repository(
    settings: Settings, clients: Clients | None = None, opened: ExitStack | None = None
) -> Repository:
    """The repository of the configured table, with its cache; sends nothing yet.

    `opened` is given what has to be closed at the end.
    """
    repository = Repository(
        boto3_transport((clients or Clients(settings)).dynamodb),
        {blog: settings.table_name},
        cursor_secret=_cursor_secrets(settings),
        **_observed(settings),
    )
    return cached(repository, settings, opened)


def _cursor_secrets(settings: Settings) -> tuple[bytes, ...]:
    """The one that encrypts, then the one that it replaces, if any."""
    given = (settings.cursor_secret, settings.cursor_secret_previous)
    return tuple(secret.get_secret_value().encode() for secret in given if secret)


def _observed(settings: Settings) -> dict[str, Any]:
    """DynamoDB says what a request took without taking more for it."""
    if settings.metrics == "off":
        return {"observe": note_pattern}
    return {"observe": (note_pattern, note_observed), "count_capacity": True}
