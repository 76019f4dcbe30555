"""The declaration of the settings is enough to document them."""

from __future__ import annotations

from app.core.settings import ROWS


def test_every_setting_is_described() -> None:
    """Each row has a meaning that is a sentence, and a default to show."""
    assert all(row.meaning.endswith(".") and row.default for row in ROWS.values())


def test_secrets_are_marked_and_not_shown() -> None:
    """Exactly these; a Redis URL may hold a password."""
    secret = {row.names[0] for row in ROWS.values() if row.secret}
    assert secret == {
        "CURSOR_SECRET",
        "CURSOR_SECRET_PREVIOUS",
        "ADMIN_API_TOKEN",
        "COGNITO_CLIENT_SECRET",
        "REDIS_URL",
    }


def test_what_may_be_kept_elsewhere_is_said() -> None:
    """Every secret but the one that no deployed stage may have."""
    rows = ROWS.values()
    kept = {row.names[0] for row in rows if row.may_be_reference}
    assert kept == {row.names[0] for row in rows if row.secret} - {"ADMIN_API_TOKEN"}


def test_conditions_of_requirement_are_said() -> None:
    """What may be required says when."""
    required = {row.names[0] for row in ROWS.values() if row.required}
    assert required == {
        "TABLE_NAME",
        "AWS_REGION",
        "CURSOR_SECRET",
        "COGNITO_USER_POOL_ID",
        "COGNITO_CLIENT_ID",
        "DYNAMODB_ENDPOINT",
        "COGNITO_ENDPOINT",
        "S3_ENDPOINT",
        "SQS_ENDPOINT",
        "SNS_ENDPOINT",
        "SECRETSMANAGER_ENDPOINT",
        "SSM_ENDPOINT",
    }


def test_every_name_of_a_setting_is_listed() -> None:
    """The region is read from two variables."""
    assert ("AWS_REGION", "AWS_DEFAULT_REGION") in [row.names for row in ROWS.values()]
