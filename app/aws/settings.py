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
    parsed_reference,
)
from app.core.settings.fields import Settings
from app.core.settings.rows import environment_names, referable_fields
from app.core.settings.safety import elsewhere, is_emulator, missing_endpoint


def load_settings() -> Settings:
    """Raises `SettingsError`; values of the wrong form do not hide missing ones.

    References to secrets are read now.
    """
    read, problems = values_behind_references()
    made, others = _made(read)
    if made is None or problems or others:
        raise SettingsError([*problems, *others])
    return made


def _made(read: Mapping[str, Any]) -> tuple[Settings | None, list[SettingProblem]]:
    try:
        return Settings(**read), []
    except SettingsError as error:
        return None, list(error.problems)
    except ValidationError as error:
        malformed = {
            str(detail["loc"][0]): detail["msg"]
            for detail in error.errors(include_input=False)
            if detail["type"] != "default_factory_not_called"  # it waits for the malformed ones
        }
    problems = [
        SettingProblem((_shown(name),), f"malformed: {message}", "Correct it")
        for name, message in malformed.items()
    ]
    return None, [*problems, *_problems_without(malformed, read)]


def _problems_without(
    malformed: Mapping[str, str], read: Mapping[str, Any]
) -> list[SettingProblem]:
    """What else is wrong, were the malformed settings left out."""
    harmless = {name: Settings.model_fields[name].get_default() for name in malformed}
    known = {_shown(name) for name in malformed}
    try:
        Settings(**{**read, **harmless})
    except SettingsError as error:
        return [problem for problem in error.problems if not known.intersection(problem.names)]
    return []


def _shown(field: str) -> str:
    return environment_names(field)[0]


# Raises `SecretUnreadable`.
Read = Callable[[Reference], str]


# What stands in for a value that could not be read, so that all other problems are found as well.
_UNREAD: Mapping[str, object] = {"cursor_secret": SecretStr(string.printable), "redis_url": ""}


# Read anew while the app runs. The others are what instances share: they change with a deployment.
LIVE = frozenset({"cognito_client_secret"})


def values_behind_references() -> tuple[dict[str, object], list[SettingProblem]]:
    """The values by field, and what is wrong with the references; nothing without references."""
    given = {name: str(value) for name, value in _environment().items()}
    named = {name: given[name] for name in referable_fields() if is_reference(given.get(name, ""))}
    references: dict[str, Reference] = {}
    problems: list[SettingProblem] = []
    for name, text in named.items():
        try:
            references[name] = parsed_reference(text)
        except MalformedReference:
            problems.append(_problem(name, "it is no reference", f"Write {FORM}"))
    values = {name: _UNREAD.get(name, SecretStr("")) for name in named}
    place = _place()
    if place is None or not references:
        return values, problems
    if refused := list(_not_to_be_read(references, place)):
        return values, [*problems, *refused]
    read, unread = _read_all(references, place)
    return values | read, [*problems, *unread]


def _environment() -> Mapping[str, object]:
    return EnvSettingsSource(Settings)()


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
            yield elsewhere(name) if endpoint else missing_endpoint(name)


def _read_all(
    references: Mapping[str, Reference], place: AwsSettings
) -> tuple[dict[str, object], list[SettingProblem]]:
    """Side by side: on Lambda a start may take ten seconds."""
    from app.aws.secrets import secrets_of  # noqa: PLC0415  # most starts need no AWS for this

    secrets = secrets_of(place)
    with ThreadPoolExecutor(len(references)) as threads:
        read = partial(_read, secrets.read)
        found = dict(zip(references, threads.map(read, references.items()), strict=True))
    problems = [each for each in found.values() if isinstance(each, SettingProblem)]
    return {k: v for k, v in found.items() if not isinstance(v, SettingProblem)}, problems


def _read(read: Read, named: tuple[str, Reference]) -> object:
    """The field's value, or a `SettingProblem`."""
    from app.aws.secrets import SecretUnreadable  # noqa: PLC0415  # see above

    name, reference = named
    try:
        return _of_field(name, partial(read, reference))
    except SecretUnreadable as error:
        return _problem(
            name,
            str(error),
            "Correct the reference, or give the app's role the right to read it",
        )


def _of_field(name: str, current: Callable[[], str]) -> object:
    if name in LIVE:
        return LiveSecret(current)
    kind = Settings.model_fields[name].annotation
    return SecretStr(current()) if kind is SecretStr else current()


def _problem(field: str, says: str, remedy: str) -> SettingProblem:
    return SettingProblem((environment_names(field)[0],), says, remedy)
