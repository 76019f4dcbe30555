"""Loads `Settings` from the environment and from secrets by reference, or raises every problem.

A secret that may change while the app runs is read again after a while; where AWS does not
answer, its last value counts.
"""

from __future__ import annotations

import json
import logging
import os
import re
import string
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Lock
from time import monotonic
from typing import Any, Literal, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr, ValidationError

from app.aws.clients import LazyClient, make_client, reason_of
from app.core.settings import ROWS, Settings
from app.core.settings_base import AwsSettings, SettingProblem, SettingsError
from app.core.settings_rules import endpoint_problem, is_emulator, is_reference

log = logging.getLogger(__name__)

# Stand in for values that could not be read, so that all other problems are found as well.
_UNREAD: Mapping[str, object] = {"cursor_secret": SecretStr(string.printable), "redis_url": ""}

# Read again while the app runs. Instances share the others, which change with a deployment.
LIVE = frozenset({"cognito_client_secret"})
_ENDPOINTS = {"aws-secretsmanager": "SECRETSMANAGER_ENDPOINT", "aws-ssm": "SSM_ENDPOINT"}


def load_settings() -> Settings:
    """Raises `SettingsError`; values of the wrong form do not hide missing ones.

    References to secrets are read now.
    """
    values, problems = _resolve_references(_environment())
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
    """Variables by field, whatever the case of their names; an empty one is not set."""
    given = {name.upper(): value for name, value in os.environ.items() if value}
    found = {
        row: [given[name] for name in each.names if name in given] for row, each in ROWS.items()
    }
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


def _resolve_references(given: Mapping[str, str]) -> tuple[dict[str, Any], list[SettingProblem]]:
    """The values by field, and each problem with references once.

    Reads them side by side: on Lambda a start may take ten seconds.
    """
    rows = [row for row, text in given.items() if ROWS[row].may_be_reference and is_reference(text)]
    if not rows:
        return {**given}, []
    place = _place(given)
    stores = AwsStores(place) if place else None
    with ThreadPoolExecutor(len(rows)) as threads:
        resolve = partial(_resolve, place, stores)
        found = list(threads.map(resolve, rows, [given[row] for row in rows]))
    problems = [each for each in found if isinstance(each, SettingProblem)]
    values = {
        row: _UNREAD.get(row, SecretStr("")) if isinstance(value, SettingProblem | None) else value
        for row, value in zip(rows, found, strict=True)
    }
    return {**given, **values}, list(dict.fromkeys(problems))


def _place(given: Mapping[str, Any]) -> AwsSettings | None:
    """None where nothing can, or must, be asked; `Settings` says why."""
    try:
        settings = AwsSettings(**given)
    except ValidationError:
        return None
    endpoints = settings.secretsmanager_endpoint + settings.ssm_endpoint
    is_legible = "http://" in endpoints and not settings.is_local
    return settings if settings.aws_region and not is_legible else None


def _resolve(
    place: AwsSettings | None, stores: AwsStores | None, row: str, text: str
) -> SecretStr | str | SettingProblem | None:
    """The value that a reference leads to, or why there is none; None where nothing is asked."""
    try:
        reference = parse_reference(text)
    except MalformedReference:
        return _problem(row, "it is no reference", f"Write {FORM}")
    if place is None or stores is None:
        return None
    variable = _ENDPOINTS[reference.store]
    endpoint: str = getattr(place, variable.lower())
    if place.is_local and not is_emulator(endpoint, place.emulator_hosts):
        return endpoint_problem(variable, endpoint)
    try:
        if row in LIVE:
            return LiveSecret(stores, reference, place.secret_cache_seconds)
        return stores(reference)
    except SecretUnreadable as error:
        remedy = "Correct the reference, or give the app's role the right to read it"
        return _problem(row, str(error), remedy)


Store = Literal["aws-secretsmanager", "aws-ssm"]
FORM = "aws-secretsmanager:<name or ARN> or aws-ssm:<name>, then #<key> for a part of JSON"
_REFERENCE = re.compile(r"(aws-secretsmanager|aws-ssm):([0-9A-Za-z/_+=.@:!-]{1,2048})(?:#(.+))?")


@dataclass(frozen=True)
class Reference:
    """`key` is empty where the whole value is meant."""

    store: Store
    name: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.store}:{self.name}" + (f"#{self.key}" if self.key else "")


class MalformedReference(ValueError):
    """It begins like a reference and is none; the text is not shown, for it may be a secret."""


def parse_reference(text: str) -> Reference:
    """Raises `MalformedReference`."""
    found = _REFERENCE.fullmatch(text)
    if found is None or not (key := found[3] or "").isprintable():
        raise MalformedReference
    return Reference(cast(Store, found[1]), found[2], key)


CONNECT_SECONDS = 1.0
ANSWER_SECONDS = 2.0
ATTEMPTS = 2
PAUSE_SECONDS = 30.0


class SecretUnreadable(Exception):
    """A secret that is not where its reference says, or cannot be had; never says a value."""


class LiveSecret(SecretStr):
    """A secret that is read again when it is `seconds` old. Safe under threads: one of those who
    ask then renews it, the others go on with the old value.

    Raises `SecretUnreadable` if it cannot be read at first; `clock` never goes back.
    """

    def __init__(
        self,
        read: Callable[[Reference], str],
        reference: Reference,
        seconds: float,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(read(reference))
        self._read = read
        self._reference = reference
        self._seconds = seconds
        self._clock = clock
        self._good_until = clock() + seconds
        self._is_failing = False
        self._renewing = Lock()

    def get_secret_value(self) -> str:
        if self._clock() >= self._good_until and self._renewing.acquire(blocking=False):
            try:
                self._renew()
            finally:
                self._renewing.release()
        return self._secret_value

    def _renew(self) -> None:
        """Logs when it begins to fail, and when that ends, however often it fails between."""
        try:
            self._secret_value = self._read(self._reference)
        except SecretUnreadable as error:
            self._good_until = self._clock() + PAUSE_SECONDS
            if not self._is_failing:
                log.warning("the last known value counts: %s", error)
            self._is_failing = True
            return
        self._good_until = self._clock() + self._seconds
        if self._is_failing:
            log.info("%s is read again", self._reference)
        self._is_failing = False


class AwsStores:
    """Reads a secret, each time it is called. Raises `SecretUnreadable`, never botocore's."""

    def __init__(self, settings: AwsSettings) -> None:
        # Shorter than elsewhere: a start must not take long, and a renewal keeps a request waiting.
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        )
        make = partial(make_client, settings, config=config)
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
