"""Secrets by reference, from Secrets Manager and Parameter Store; kept for a while in the process.

Once a secret was read, it is to be had: where AWS cannot be asked again, the last value counts.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from app.aws.clients import LazyClient, make_client, reason_of
from app.core.settings.aws import AwsSettings
from app.core.settings.base import Reference


class SecretUnreadable(Exception):
    """A secret that is not where its reference says, or not to be had; never says a value."""


log = logging.getLogger(__name__)
CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
ATTEMPTS = 2
PAUSE_SECONDS = 30.0


def secrets_of(settings: AwsSettings) -> Secrets:
    """Secrets of the configured account; asks nothing yet."""
    return Secrets(AwsStores(settings), settings.secret_cache_seconds)


@dataclass
class _Kept:
    """`value` is None until it was read; `until`: the moment at which it is read again."""

    value: str | None = None
    until: float = 0.0
    is_failing: bool = False
    reading: Lock = field(default_factory=Lock)


class Secrets:
    """Safe under threads. `fetch` raises `SecretUnreadable`; `clock` never goes back.

    The first who ask wait for one answer; when it is old one of them renews it, the others go on.
    """

    def __init__(
        self,
        fetch: Callable[[Reference], str],
        seconds: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._clock = clock
        self._kept: dict[Reference, _Kept] = {}
        self._changing = Lock()

    def read(self, reference: Reference) -> str:
        """Raises `SecretUnreadable` if it was never read."""
        with self._changing:
            kept = self._kept.setdefault(reference, _Kept())
        if kept.value is None:
            with kept.reading:
                return self._first(reference, kept)
        if self._clock() >= kept.until and kept.reading.acquire(blocking=False):
            try:
                self._renew(reference, kept)
            finally:
                kept.reading.release()
        return kept.value

    def _first(self, reference: Reference, kept: _Kept) -> str:
        if kept.value is None:
            kept.value = self._fetch(reference)
            kept.until = self._clock() + self._seconds
        return kept.value

    def _renew(self, reference: Reference, kept: _Kept) -> None:
        """A line when it begins to fail, and one when it ends, however often it does between."""
        try:
            kept.value = self._fetch(reference)
        except SecretUnreadable as error:
            kept.until = self._clock() + PAUSE_SECONDS
            if not kept.is_failing:
                log.warning("the last known value counts: %s", error)
            kept.is_failing = True
            return
        kept.until = self._clock() + self._seconds
        if kept.is_failing:
            log.info("%s is read again", reference)
        kept.is_failing = False


class AwsStores:
    """Reads a secret, each time it is called. Raises `SecretUnreadable`, never botocore's."""

    def __init__(self, settings: AwsSettings) -> None:
        make = partial(make_client, settings, config=_config())
        self._parameters: Any = LazyClient(partial(make, "ssm", settings.ssm_endpoint))
        endpoint = settings.secretsmanager_endpoint
        self._secrets: Any = LazyClient(partial(make, "secretsmanager", endpoint))

    def __call__(self, reference: Reference) -> str:
        try:
            found = self._asked(reference)
        except (ClientError, BotoCoreError) as error:
            raise _unreadable(reference, reason_of(error)) from None  # words may name who asks
        if not found:
            raise _unreadable(reference, "it holds no text")
        return _part(found, reference) if reference.key else found

    def _asked(self, reference: Reference) -> str | None:
        """None if there is something else than text."""
        if reference.store == "aws-ssm":
            answer = self._parameters.get_parameter(Name=reference.name, WithDecryption=True)
            return str(answer["Parameter"]["Value"])
        answer = self._secrets.get_secret_value(SecretId=reference.name)
        text: str | None = answer.get("SecretString")
        return text


def _config() -> Config:
    """Shorter than elsewhere: a start must not take long, and a renewal keeps a request waiting."""
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )


def _part(found: str, reference: Reference) -> str:
    try:
        parts: object = json.loads(found)
    except ValueError:
        raise _unreadable(reference, "it is not JSON") from None
    known = cast("dict[str, object]", parts) if isinstance(parts, dict) else {}
    part = known.get(reference.key)
    if not isinstance(part, str) or not part:
        raise _unreadable(reference, f"it has no text at {reference.key}")
    return part


def _unreadable(reference: Reference, reason: str) -> SecretUnreadable:
    return SecretUnreadable(f"{reference} cannot be read: {reason}")
