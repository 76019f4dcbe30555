"""From the environment to `Settings`, or to one error with every problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.settings.fields import Settings
from app.settings.problems import Problem, SettingsError
from app.settings.reading import values_behind_references
from app.settings.rows import environment_names


def load_settings() -> Settings:
    """Raises `SettingsError`; values of the wrong form do not hide missing ones.

    References to secrets are read now.
    """
    read, problems = values_behind_references()
    made, others = _made(read)
    if made is None or problems or others:
        raise SettingsError([*problems, *others])
    return made


def _made(read: Mapping[str, Any]) -> tuple[Settings | None, list[Problem]]:
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
        Problem((_shown(name),), f"malformed: {message}", "Correct it")
        for name, message in malformed.items()
    ]
    return None, [*problems, *_problems_without(malformed, read)]


def _problems_without(malformed: Mapping[str, str], read: Mapping[str, Any]) -> list[Problem]:
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
