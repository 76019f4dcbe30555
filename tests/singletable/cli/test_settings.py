"""`[tool.singletable]`."""

from __future__ import annotations

from pathlib import Path

import pytest

from singletable.cli.settings import Settings, find_settings
from singletable.cli.usage import UsageError


def project(folder: Path, section: str) -> Path:
    (folder / "pyproject.toml").write_text(f"[tool.singletable]\n{section}\n")
    return folder


def test_the_nearest_pyproject_upwards_holds(tmp_path: Path) -> None:
    """Commands work in every folder of a project; its root is where that file is."""
    project(tmp_path, 'design = "asked"\ncallers = "app:callers"\nerrors = true')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_settings(inner) == Settings(tmp_path, "asked", "app:callers", errors=True)


def test_a_project_may_say_nothing(tmp_path: Path) -> None:
    """Then the design is named on the command line."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert find_settings(tmp_path) == Settings(tmp_path)


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ('desing = "x"', "no 'desing'; did you mean design"),
        ("design = 3", "design is no str"),
        ("errors = 'yes'", "errors is no bool"),
        ("design = ", "it is no TOML, at "),
        ("functions = 'all'", "functions is no dict"),
        ("functions = { api = '*' }", r"functions\] api is no list of texts"),
        ("functions = { api = ['*', 3] }", r"functions\] api is no list of texts"),
    ],
)
def test_what_it_does_not_understand_it_refuses(tmp_path: Path, section: str, problem: str) -> None:
    """A misspelt setting would be ignored for years."""
    with pytest.raises(UsageError, match=problem):
        find_settings(project(tmp_path, section))


@pytest.mark.parametrize("text", ["tool = 3", "[tool]\nsingletable = 3", "[[tool.singletable]]"])
def test_settings_are_a_table(tmp_path: Path, text: str) -> None:
    """Anything else of that name is refused."""
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UsageError, match=r"\[tool.singletable\] is no table of settings"):
        find_settings(tmp_path)
