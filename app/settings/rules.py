"""Which settings are missing or contradict each other. Knows nothing of where they were read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.settings.guard_rules import broken_guard_rules
from app.settings.job_rules import broken_job_rules
from app.settings.local_rules import broken_local_rules
from app.settings.media_rules import broken_media_rules
from app.settings.observing_rules import broken_observing_rules
from app.settings.problems import Problem
from app.settings.references import is_reference
from app.settings.secret_rules import broken_secret_rules

if TYPE_CHECKING:
    from app.settings.fields import Settings


def broken_rules(settings: Settings) -> Iterator[Problem]:
    """Every problem, so that one start shows them all."""
    yield from _store(settings)
    yield from _table(settings)
    yield from _region(settings)
    yield from broken_secret_rules(settings)
    yield from _development_token(settings)
    yield from broken_local_rules(settings)
    yield from _unread_references(settings)
    yield from broken_guard_rules(settings)
    yield from broken_media_rules(settings)
    yield from broken_job_rules(settings)
    yield from broken_observing_rules(settings)


def _store(settings: Settings) -> Iterator[Problem]:
    if not settings.use_dynamo:
        yield Problem(
            ("USE_DYNAMO",),
            "it is 0, and DynamoDB is the only store the app has",
            "Set it to 1, or leave it out; DYNAMODB_ENDPOINT points to a local DynamoDB",
        )


def _table(settings: Settings) -> Iterator[Problem]:
    given = {
        "TABLE_NAME": settings.table_name,
        "POSTS_TABLE": settings.posts_table,
        "CATEGORIES_TABLE": settings.categories_table,
    }
    named = {name: table for name, table in given.items() if table}
    if not named:
        yield Problem(("TABLE_NAME",), "missing", "Set it to the name of the DynamoDB table")
    elif len(set(named.values())) > 1:
        if "table_name" not in settings.model_fields_set:  # it only repeats an older name
            del named["TABLE_NAME"]
        yield Problem(
            tuple(named),
            "they name different tables ("
            + ", ".join(f"{name}={table}" for name, table in named.items())
            + "), and everything is in one table",
            "Set TABLE_NAME alone",
        )


def _region(settings: Settings) -> Iterator[Problem]:
    if not settings.aws_region:
        yield Problem(
            ("AWS_REGION",), "missing", "Set it (or AWS_DEFAULT_REGION) to the table's region"
        )


def _development_token(settings: Settings) -> Iterator[Problem]:
    if settings.admin_api_token.get_secret_value() and not settings.is_local:
        yield Problem(
            ("ADMIN_API_TOKEN", "APP_ENV"),
            f"a development token is set, and APP_ENV is {settings.app_env}",
            "Remove the token; APP_ENV=local, on your machine, is the only stage that has one",
        )


def _unread_references(settings: Settings) -> Iterator[Problem]:
    """Where a secret is kept, everyone may know: taken for the secret, it would open the app."""
    given = {
        "CURSOR_SECRET": settings.cursor_secret,
        "CURSOR_SECRET_PREVIOUS": settings.cursor_secret_previous,
        "COGNITO_CLIENT_SECRET": settings.cognito_client_secret,
    }
    for name, secret in given.items():
        if is_reference(secret.get_secret_value()):
            yield Problem(
                (name,), "a reference that was not read", "Make the settings with `load_settings`"
            )
