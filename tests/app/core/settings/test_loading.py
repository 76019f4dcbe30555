"""Settings are complete and consistent, or refused with every problem in one message."""

from __future__ import annotations

import pytest

from app.aws.settings import load_settings
from app.core.settings_base import SettingsError

SECRET = "0123456789abcdef0123456789abcdef"
POOL = {"COGNITO_USER_POOL_ID": "ap-northeast-2_abc", "COGNITO_CLIENT_ID": "client"}
PROD = {"TABLE_NAME": "blog", "AWS_REGION": "ap-northeast-2", "CURSOR_SECRET": SECRET, **POOL}
LOCAL = {"APP_ENV": "local", "TABLE_NAME": "blog", "DYNAMODB_ENDPOINT": "http://localhost:8000"}


def given(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


CONTRADICTIONS = [
    pytest.param(
        {},
        [
            ("TABLE_NAME",),
            ("AWS_REGION",),
            ("COGNITO_USER_POOL_ID",),
            ("CURSOR_SECRET", "APP_ENV"),
        ],
        id="nothing",
    ),
    pytest.param({**PROD, "COGNITO_CLIENT_ID": ""}, [("COGNITO_CLIENT_ID",)], id="no client"),
    pytest.param(
        {**PROD, "COGNITO_USER_POOL_ID": "pool"}, [("COGNITO_USER_POOL_ID",)], id="no pool id"
    ),
    pytest.param(
        {**PROD, "COGNITO_JWKS_URL": "http://keys.example.com"},
        [("COGNITO_JWKS_URL", "APP_ENV")],
        id="keys over http",
    ),
    pytest.param(
        {**PROD, "COGNITO_ISSUER": "http://issuer.example.com"},
        [("COGNITO_ISSUER", "APP_ENV"), ("COGNITO_JWKS_URL", "APP_ENV")],
        id="issuer over http",
    ),
    pytest.param(
        {**PROD, "COGNITO_ENDPOINT": "http://localhost:8002"},
        [("COGNITO_ENDPOINT", "APP_ENV")],
        id="pool over http",
    ),
    pytest.param(
        {**PROD, "DYNAMODB_ENDPOINT": "http://localhost:8000"},
        [("DYNAMODB_ENDPOINT", "APP_ENV")],
        id="table over http",
    ),
    pytest.param(
        {**PROD, "SQS_ENDPOINT": "http://sqs.example.com", "JOBS_QUEUE_URL": "http://q.example/1"},
        [("SQS_ENDPOINT", "APP_ENV"), ("JOBS_QUEUE_URL", "APP_ENV")],
        id="jobs over http",
    ),
    pytest.param(
        {**PROD, "ALLOWED_ORIGINS": "https://example.com,http://example.com"},
        [("ALLOWED_ORIGINS", "APP_ENV")],
        id="origin over http",
    ),
    pytest.param(
        {**PROD, "ALLOWED_ORIGINS": "https://example.com:99999"},
        [("ALLOWED_ORIGINS",)],
        id="no origin",
    ),
    pytest.param(
        {**PROD, "COGNITO_TRUST_API_GATEWAY": "1"},
        [("COGNITO_TRUST_API_GATEWAY",)],
        id="no gateway outside Lambda",
    ),
    pytest.param({**PROD, "REDIS_URL": "localhost:6379"}, [("REDIS_URL",)], id="no Redis URL"),
    pytest.param({**PROD, "USE_DYNAMO": "0"}, [("USE_DYNAMO",)], id="no store"),
    pytest.param({**PROD, "USE_DYNAMO": "perhaps"}, [("USE_DYNAMO",)], id="no boolean"),
    pytest.param({**PROD, "TABLE_NAME": ""}, [("TABLE_NAME",)], id="empty is missing"),
    pytest.param({**PROD, "TABLE_NAME": "a b"}, [("TABLE_NAME",)], id="no table name"),
    pytest.param(
        {**LOCAL, "TABLE_NAME": "", "POSTS_TABLE": "posts", "CATEGORIES_TABLE": "categories"},
        [("POSTS_TABLE", "CATEGORIES_TABLE")],
        id="older names disagree",
    ),
    pytest.param(
        {**PROD, "POSTS_TABLE": "posts"},
        [("TABLE_NAME", "POSTS_TABLE")],
        id="older name disagrees with the new one",
    ),
    pytest.param({**PROD, "CURSOR_SECRET": SECRET[1:]}, [("CURSOR_SECRET",)], id="short secret"),
    pytest.param(
        {**LOCAL, "CURSOR_SECRET": "short"}, [("CURSOR_SECRET",)], id="short local secret"
    ),
    pytest.param(
        {**PROD, "CURSOR_SECRET": "cursors-of-a-local-stage-are-not-secret"},
        [("CURSOR_SECRET",)],
        id="public secret",
    ),
    pytest.param(
        {**PROD, "ADMIN_API_TOKEN": "local-dev-token"},
        [("ADMIN_API_TOKEN", "APP_ENV")],
        id="development token in prod",
    ),
    pytest.param(
        {**PROD, "APP_ENV": "dev", "ADMIN_API_TOKEN": "x"},
        [("ADMIN_API_TOKEN", "APP_ENV")],
        id="development token in dev",
    ),
    pytest.param(
        {**LOCAL, "AWS_LAMBDA_FUNCTION_NAME": "api"},
        [("APP_ENV",)],
        id="local on Lambda",
    ),
    pytest.param({**PROD, "APP_ENV": "production"}, [("APP_ENV",)], id="unknown stage"),
    pytest.param(
        {"APP_ENV": "lcoal", "MAX_BODY_BYTES": "many"},
        [
            ("APP_ENV",),
            ("MAX_BODY_BYTES",),
            ("TABLE_NAME",),
            ("AWS_REGION",),
            ("COGNITO_USER_POOL_ID",),
        ],
        id="malformed and missing",
    ),
    pytest.param(
        {**PROD, "DYNAMODB_ENDPOINT": "localhost:8000"}, [("DYNAMODB_ENDPOINT",)], id="no URL"
    ),
    pytest.param(
        {**PROD, "AWS_READ_TIMEOUT_SECONDS": "0"}, [("AWS_READ_TIMEOUT_SECONDS",)], id="no time"
    ),
]


@pytest.mark.parametrize(("environment", "named"), CONTRADICTIONS)
def test_every_problem_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], named: list[tuple[str, ...]]
) -> None:
    """One error lists exactly the settings that are missing, malformed or contradictory."""
    given(monkeypatch, environment)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert [problem.names for problem in refused.value.problems] == named
    assert all(name in str(refused.value) for names in named for name in names)


def test_no_secret_is_in_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error that refuses a secret does not show it, nor does a printed `Settings`."""
    given(monkeypatch, {**PROD, "CURSOR_SECRET": "hush-hush", "ADMIN_API_TOKEN": "opensesame"})
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "hush" not in str(refused.value)
    assert "opensesame" not in str(refused.value)
    monkeypatch.setenv("CURSOR_SECRET", SECRET)
    monkeypatch.delenv("ADMIN_API_TOKEN")
    assert SECRET not in repr(load_settings())


def test_a_silent_environment_is_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without APP_ENV nothing local is open."""
    given(monkeypatch, PROD)
    settings = load_settings()
    assert settings.app_env == "prod"
    assert settings.admin_api_token.get_secret_value() == ""


def test_a_local_stage_needs_a_local_table_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Token, cursor secret and region have local values."""
    given(monkeypatch, LOCAL)
    settings = load_settings()
    assert settings.admin_api_token.get_secret_value() == "local-dev-token"
    assert len(settings.cursor_secret.get_secret_value()) >= 32
    assert settings.aws_region == "us-east-1"


@pytest.mark.parametrize(
    "environment",
    [
        {"POSTS_TABLE": "blog"},
        {"CATEGORIES_TABLE": "blog"},
        {"POSTS_TABLE": "blog", "CATEGORIES_TABLE": "blog"},
        {"TABLE_NAME": "blog", "POSTS_TABLE": "blog", "CATEGORIES_TABLE": "blog"},
    ],
)
def test_older_names_that_agree_name_the_table(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    """POSTS_TABLE and CATEGORIES_TABLE are TABLE_NAME while they say the same."""
    given(monkeypatch, {**LOCAL, "TABLE_NAME": "", **environment})
    assert load_settings().table_name == "blog"


def test_aws_region_goes_before_the_default_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both names are read; Lambda's own wins."""
    given(monkeypatch, {**PROD, "AWS_DEFAULT_REGION": "eu-west-1"})
    assert load_settings().aws_region == "ap-northeast-2"
    monkeypatch.delenv("AWS_REGION")
    assert load_settings().aws_region == "eu-west-1"
