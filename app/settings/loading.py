"""From the environment to `Settings`, or to one error with every problem."""

from __future__ import annotations

from pydantic import ValidationError

from app.settings.fields import Settings
from app.settings.problems import Problem, SettingsError
from app.settings.rows import environment_names


def load_settings() -> Settings:
    """Raises `SettingsError`; values of the wrong form do not hide missing ones."""
    try:
        return Settings()
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
    raise SettingsError([*problems, *_problems_without(malformed)])


def _problems_without(malformed: dict[str, str]) -> list[Problem]:
    """What else is wrong, were the malformed settings left out."""
    harmless = {name: Settings.model_fields[name].get_default() for name in malformed}
    known = {_shown(name) for name in malformed}
    try:
        Settings(**harmless)
    except SettingsError as error:
        return [problem for problem in error.problems if not known.intersection(problem.names)]
    return []


def _shown(field: str) -> str:
    return environment_names(field)[0]
