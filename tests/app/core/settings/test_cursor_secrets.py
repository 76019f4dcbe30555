"""The secret of cursors can be replaced without breaking the pages that are open."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from access_patterns import posts
from app.core.settings import Settings
from app.core.settings_base import SettingsError
from app.processes import make_repository
from singletable import Query
from singletable.errors import InvalidCursor

OLD, NEW = "the secret of last year, 32 letters", "the secret of this year, 32 letters"


def settings(**values: str) -> Settings:
    stage = {"app_env": "local", "dynamodb_endpoint": "http://127.0.0.1:8000"}
    return Settings.model_validate({**stage, "table_name": "blog", **values})


def test_cursors_of_the_previous_secret_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of any other secret do not; new ones are encrypted under the new one."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    contexts = [
        _context(settings(cursor_secret=NEW, cursor_secret_previous=OLD)),
        _context(settings(cursor_secret=OLD)),
        _context(settings(cursor_secret=NEW)),
    ]
    between, before, after = (context.cursors for context in contexts)
    old = before.seal([True], b"q")
    assert between.open(old, b"q") == [True]
    assert after.open(between.seal([True], b"q"), b"q") == [True]
    with pytest.raises(InvalidCursor):
        after.open(old, b"q")


def _context(given: Settings) -> Any:
    """The context of the repository's operations, seen by a middleware that answers them."""
    seen: list[Any] = []

    def look(operation: object, context: object, execute: object) -> None:
        seen.append(context)

    repository = make_repository(given).with_middleware(look)  # type: ignore[arg-type]
    question: Query[object] = posts.by_id("01JD9GZ2J0V5X7Q3M8K4T6B1RA")  # type: ignore[assignment, arg-type]
    repository.fetch(question)  # type: ignore[type-var]
    return seen[0]


@pytest.mark.parametrize(
    ("stage", "secret"),
    [
        ("local", "short"),
        ("local", "aws-ssm:/a-parameter-of-many-characters"),
    ],
)
def test_a_previous_secret_that_is_none_is_refused(stage: str, secret: str) -> None:
    """Too short, or a reference that nobody read."""
    with pytest.raises(SettingsError) as refused:
        settings(app_env=stage, cursor_secret_previous=secret)
    assert [each.names for each in refused.value.problems] == [("CURSOR_SECRET_PREVIOUS",)]


def test_a_deployed_stage_takes_no_public_secret_as_the_previous_one() -> None:
    """Everybody knows it."""
    with pytest.raises(SettingsError) as refused:
        settings(
            app_env="prod",
            cursor_secret=NEW,
            cursor_secret_previous="cursors-of-a-local-stage-are-not-secret",
        )
    names = [name for each in refused.value.problems for name in each.names]
    assert "CURSOR_SECRET_PREVIOUS" in names


def test_without_one_there_is_one_secret() -> None:
    """The usual case."""
    assert settings().cursor_secret_previous == SecretStr("")
