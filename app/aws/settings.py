"""Loads `Settings` from the environment and from secrets by reference, or raises every problem.

Secrets are kept for a while in the process. Once one was read, it is to be had: where AWS cannot
be asked again, the last value counts.
"""

from __future__ import annotations

import json
import logging
import os
import string
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr, ValidationError

from app.aws.clients import LazyClient, make_client, reason_of
from app.core.settings import ROWS, Settings
from app.core.settings_base import (
    FORM,
    AwsSettings,
    LiveSecret,
    MalformedReference,
    Reference,
    SettingProblem,
    SettingsError,
    is_reference,
    parse_reference,
)
from app.core.settings_rules import endpoint_problem, is_emulator

log = logging.getLogger(__name__)

# What stands in for a value that could not be read, so that all other problems are found as well.
_UNREAD: Mapping[str, object] = {"cursor_secret": SecretStr(string.printable), "redis_url": ""}

# Read anew while the app runs. The others are what instances share: they change with a deployment.
LIVE = frozenset({"cognito_client_secret"})


def load_settings() -> Settings:
    """Raises `SettingsError`; values of the wrong form do not hide missing ones.

    References to secrets are read now.
    """
    values, problems = _values_behind_references(_environment())
    try:
        settings = Settings(**values)
    except SettingsError as error:
        raise SettingsError([*problems, *error.problems]) from None
    except ValidationError as error:
        raise SettingsError([*problems, *_malformed(error, values)]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _environment() -> dict[str, str]:
    """What is set, by field, whatever the case of its name; an empty one is not set."""
    told = {name.upper(): value for name, value in os.environ.items() if value}
    found = {row: [told[name] for name in each.names if name in told] for row, each in ROWS.items()}
    return {row: values[0] for row, values in found.items() if values}


def _malformed(error: ValidationError, values: Mapping[str, Any]) -> Iterator[SettingProblem]:
    """What is malformed, and what else is wrong, were that left out."""
    malformed = {
        str(detail["loc"][0]): detail["msg"]
        for detail in error.errors(include_input=False)
        if detail["type"] != "default_factory_not_called"  # it waits for the malformed ones
    }
    for row, message in malformed.items():
        yield _problem(row, f"malformed: {message}", "Correct it")
    harmless = {row: Settings.model_fields[row].get_default() for row in malformed}
    known = {ROWS[row].names[0] for row in malformed}
    try:
        Settings(**{**values, **harmless})
    except SettingsError as others:
        yield from (each for each in others.problems if not known.intersection(each.names))


def _problem(row: str, says: str, remedy: str) -> SettingProblem:
    return SettingProblem(ROWS[row].names[:1], says, remedy)


def _values_behind_references(
    given: Mapping[str, str],
) -> tuple[dict[str, Any], list[SettingProblem]]:
    """The values by field, and what is wrong with the references."""
    values: dict[str, Any] = {**given}
    references: dict[str, Reference] = {}
    problems: list[SettingProblem] = []
    for row, text in given.items():
        if ROWS[row].may_be_reference and is_reference(text):
            values[row] = _UNREAD.get(row, SecretStr(""))
            try:
                references[row] = parse_reference(text)
            except MalformedReference:
                problems.append(_problem(row, "it is no reference", f"Write {FORM}"))
    place = _place(given) if references else None
    if place is None:
        return values, problems
    read = list(_not_to_be_read(references, place)) or _read_all(references, place)
    if isinstance(read, list):
        return values, [*problems, *read]
    problems += [each for each in read.values() if isinstance(each, SettingProblem)]
    readable = {row: v for row, v in read.items() if not isinstance(v, SettingProblem)}
    return values | readable, problems


def _place(given: Mapping[str, Any]) -> AwsSettings | None:
    """None where nothing can, or must, be asked; `Settings` says why."""
    try:
        settings = AwsSettings(**given)
    except ValidationError:
        return None
    endpoints = settings.secretsmanager_endpoint + settings.ssm_endpoint
    is_legible = "http://" in endpoints and not settings.is_local
    return settings if settings.aws_region and not is_legible else None


def _not_to_be_read(
    references: Mapping[str, Reference], place: AwsSettings
) -> Iterator[SettingProblem]:
    """A local stage asks no store of AWS; an address that is elsewhere, `Settings` refuses."""
    endpoints = {
        "aws-secretsmanager": ("SECRETSMANAGER_ENDPOINT", place.secretsmanager_endpoint),
        "aws-ssm": ("SSM_ENDPOINT", place.ssm_endpoint),
    }
    for store in dict.fromkeys(each.store for each in references.values()):
        name, endpoint = endpoints[store]
        if place.is_local and not is_emulator(endpoint, place.emulator_hosts):
            yield endpoint_problem(name, endpoint)


def _read_all(references: Mapping[str, Reference], place: AwsSettings) -> dict[str, Any]:
    """Values, or a `SettingProblem`. Side by side: on Lambda a start may take ten seconds."""
    secrets = secrets_of(place)

    def read(row: str) -> object:
        current = partial(secrets.read, references[row])
        try:
            if row in LIVE:
                return LiveSecret(current)
            return current()
        except SecretUnreadable as error:
            remedy = "Correct the reference, or give the app's role the right to read it"
            return _problem(row, str(error), remedy)

    with ThreadPoolExecutor(len(references)) as threads:
        return dict(zip(references, threads.map(read, references), strict=True))


CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
ATTEMPTS = 2
PAUSE_SECONDS = 30.0


class SecretUnreadable(Exception):
    """A secret that is not where its reference says, or not to be had; never says a value."""


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
