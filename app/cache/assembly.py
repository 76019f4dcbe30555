"""Puts the cache in front of a repository, if there is a Redis to share pages in."""

from __future__ import annotations

import logging
from contextlib import ExitStack

from app.cache.cacheable import Cacheable
from app.metrics.tally import note_served
from app.settings import Settings
from singletable import Repository

log = logging.getLogger(__name__)

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
    from app.cache.pages import Pages  # noqa: PLC0415  # most processes start without Redis
    from app.cache.read_cache import ReadCache  # noqa: PLC0415

    pages = Pages(settings.redis_url, doubt_seconds=longest_write(settings))
    secret = settings.cursor_secret.get_secret_value().encode()
    observed = {} if settings.metrics == "off" else {"observe": note_served}
    cache = ReadCache(pages, Cacheable(), secret, **observed)
    if opened is not None:
        opened.callback(cache.close)
    return repository.with_middleware(cache)


def longest_write(settings: Settings) -> float:
    """Seconds within which a write has happened, or never will."""
    attempt = settings.aws_connect_timeout_seconds + settings.aws_read_timeout_seconds
    return settings.aws_max_attempts * attempt + _SPARE_SECONDS
