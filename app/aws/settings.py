"""Loads `Settings` from the environment and from secrets by reference, or raises every problem."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic_settings import EnvSettingsSource

from app.core.settings.aws import AwsSettings
from app.core.settings.base import (
    FORM,
    LiveSecret,
    MalformedReference,
    Reference,
    SettingProblem,
    SettingsError,
    is_reference,
    parse_reference,
)
from app.core.settings.fields import Settings, setting_row
from app.core.settings.rules import endpoint_problem, is_emulator

# What stands in for a value that could not be read, so that all other problems are found as well.
_UNREAD: Mapping[str, object] = {"cursor_secret": SecretStr(string.printable), "redis_url": ""}

# Read anew while the app runs. The others are what instances share: they change with a deployment.
LIVE = frozenset({"cognito_client_secret"})


def load_settings() -> Settings:
    """Raises `SettingsError`; values of the wrong form do not hide missing ones.

    References to secrets are read now.
    """
    values, problems = _values_behind_references()
    try:
        settings = Settings(**values)
    except SettingsError as error:
        raise SettingsError([*problems, *error.problems]) from None
    except ValidationError as error:
        raise SettingsError([*problems, *_malformed(error, values)]) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _malformed(error: ValidationError, values: Mapping[str, Any]) -> Iterator[SettingProblem]:
    """What is malformed, and what else is wrong, were that left out."""
    malformed = {
        str(detail["loc"][0]): detail["msg"]
        for detail in error.errors(include_input=False)
        if detail["type"] != "default_factory_not_called"  # it waits for the malformed ones
    }
    for field, message in malformed.items():
        yield _problem(field, f"malformed: {message}", "Correct it")
    harmless = {field: Settings.model_fields[field].get_default() for field in malformed}
    known = {setting_row(field).names[0] for field in malformed}
    try:
        Settings(**{**values, **harmless})
    except SettingsError as others:
        yield from (each for each in others.problems if not known.intersection(each.names))


def _problem(field: str, says: str, remedy: str) -> SettingProblem:
    return SettingProblem(setting_row(field).names[:1], says, remedy)


def _values_behind_references() -> tuple[dict[str, Any], list[SettingProblem]]:
    """The values by field, and what is wrong with the references; nothing without references."""
    references, problems = _references()
    values: dict[str, Any] = {name: _UNREAD.get(name, SecretStr("")) for name in references}
    known = {name: each for name, each in references.items() if each is not None}
    place = _place()
    if place is None or not known:
        return values, problems
    if refused := list(_not_to_be_read(known, place)):
        return values, [*problems, *refused]
    read = _read_all(known, place)
    unread = [each for each in read.values() if isinstance(each, SettingProblem)]
    readable = {k: v for k, v in read.items() if not isinstance(v, SettingProblem)}
    return values | readable, [*problems, *unread]


def _references() -> tuple[dict[str, Reference | None], list[SettingProblem]]:
    """By field; None for one that is malformed."""
    environment: Mapping[str, object] = EnvSettingsSource(Settings)()
    references: dict[str, Reference | None] = {}
    problems: list[SettingProblem] = []
    for name in Settings.model_fields:
        text = str(environment.get(name, ""))
        if not setting_row(name).may_be_reference or not is_reference(text):
            continue
        try:
            references[name] = parse_reference(text)
        except MalformedReference:
            references[name] = None
            problems.append(_problem(name, "it is no reference", f"Write {FORM}"))
    return references, problems


def _place() -> AwsSettings | None:
    """None where nothing can, or must, be asked; `Settings` says why."""
    try:
        settings = AwsSettings()
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
    from app.aws.secrets import SecretUnreadable, secrets_of  # noqa: PLC0415  # most starts need none

    secrets = secrets_of(place)

    def read(name: str) -> object:
        try:
            return _value(name, partial(secrets.read, references[name]))
        except SecretUnreadable as error:
            remedy = "Correct the reference, or give the app's role the right to read it"
            return _problem(name, str(error), remedy)

    with ThreadPoolExecutor(len(references)) as threads:
        return dict(zip(references, threads.map(read, references), strict=True))


def _value(field: str, current: Callable[[], str]) -> object:
    if field in LIVE:
        return LiveSecret(current)
    kind = Settings.model_fields[field].annotation
    return SecretStr(current()) if kind is SecretStr else current()
