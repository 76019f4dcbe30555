"""A secret may be given as the place where it is kept: read at start, or refused with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import boto3
import pytest
from moto import mock_aws

from app.aws.cognito import AppClient
from app.aws.settings import (
    LiveSecret,
    MalformedReference,
    Reference,
    load_settings,
    parse_reference,
)
from app.core.settings import Settings
from app.core.settings_base import SettingsError
from tests.app.adapters.limits.counting import Seconds
from tests.app.core.settings.test_loading import LOCAL, PROD, SECRET, given

ARN = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:app/cursor-AbCdEf"
OTHER = "fedcba9876543210fedcba9876543210"


@pytest.fixture
def aws() -> Iterator[dict[str, Any]]:
    """Its clients, and a secret in each."""
    with mock_aws():
        clients = {
            name: boto3.client(name, region_name=PROD["AWS_REGION"])
            for name in ("secretsmanager", "ssm")
        }
        clients["secretsmanager"].create_secret(Name="app/cursor", SecretString=SECRET)
        clients["secretsmanager"].create_secret(
            Name="app/pool", SecretString='{"client": "of the pool"}'
        )
        clients["ssm"].put_parameter(
            Name="/app/redis", Value="rediss://:hush@redis.example.com", Type="SecureString"
        )
        yield clients


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("aws-secretsmanager:a/b", Reference("aws-secretsmanager", "a/b")),
        (f"aws-secretsmanager:{ARN}", Reference("aws-secretsmanager", ARN)),
        (f"aws-secretsmanager:{ARN}#k e.y", Reference("aws-secretsmanager", ARN, "k e.y")),
        ("aws-ssm:/app/redis", Reference("aws-ssm", "/app/redis")),
    ],
)
def test_a_reference_names_store_place_and_part(text: str, reference: Reference) -> None:
    """And says itself as it was written."""
    assert parse_reference(text) == reference
    assert str(reference) == text


@pytest.mark.parametrize(
    "text", ["aws-ssm:", "aws-ssm:a b", "aws-secretsmanager:a#", "aws-ssm:a#\n", "aws-s3:a", ""]
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(MalformedReference):
        parse_reference(text)


def test_secrets_are_read_where_they_are_kept(
    aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each setting has the value, of its own type; a printed `Settings` shows none."""
    references = {
        "CURSOR_SECRET": "aws-secretsmanager:app/cursor",
        "COGNITO_CLIENT_SECRET": "aws-secretsmanager:app/pool#client",
        "REDIS_URL": "aws-ssm:/app/redis",
    }
    given(monkeypatch, {**PROD, **references})
    settings = load_settings()
    assert settings.cursor_secret.get_secret_value() == SECRET
    assert settings.cognito_client_secret.get_secret_value() == "of the pool"
    assert settings.redis_url == "rediss://:hush@redis.example.com"
    for secret in (SECRET, "of the pool", "hush"):
        assert secret not in repr(settings)


def test_every_reference_that_cannot_be_read_is_named(
    aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the reason, beside all other problems; no value is shown."""
    references = {
        "CURSOR_SECRET": "aws-secretsmanager:nowhere",
        "COGNITO_CLIENT_SECRET": "aws-secretsmanager:app/cursor#part",
        "REDIS_URL": "aws-ssm:no reference",
        "TABLE_NAME": "",
    }
    given(monkeypatch, {**PROD, **references})
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert [problem.names[0] for problem in refused.value.problems] == [
        "COGNITO_CLIENT_SECRET",
        "REDIS_URL",
        "CURSOR_SECRET",
        "TABLE_NAME",
    ]
    said = str(refused.value)
    assert "aws-secretsmanager:nowhere cannot be read: ResourceNotFoundException" in said
    assert "aws-secretsmanager:app/cursor#part cannot be read: it is not JSON" in said
    assert SECRET not in said
    assert "no reference." not in said.replace("it is no reference.", "")


def test_what_is_kept_is_checked_like_any_value(
    aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short secret is refused, wherever it is kept; an odd URL, too."""
    aws["ssm"].put_parameter(Name="/short", Value="hush", Type="SecureString")
    given(monkeypatch, {**PROD, "CURSOR_SECRET": "aws-ssm:/short", "REDIS_URL": "aws-ssm:/short"})
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert [problem.names for problem in refused.value.problems] == [
        ("REDIS_URL",),
        ("CURSOR_SECRET",),
    ]
    assert "hush" not in str(refused.value)


def test_the_app_clients_secret_may_change_and_others_stay(
    aws: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instances share the others: what they sign has to stay good."""
    references = {
        "CURSOR_SECRET": "aws-secretsmanager:app/cursor",
        "COGNITO_CLIENT_SECRET": "aws-secretsmanager:app/pool#client",
    }
    given(monkeypatch, {**PROD, **references})
    clock = Seconds()
    monkeypatch.setattr("app.aws.settings.LiveSecret", partial(LiveSecret, clock=clock))
    settings = load_settings()
    manager = aws["secretsmanager"]
    manager.put_secret_value(SecretId="app/cursor", SecretString=OTHER)
    manager.put_secret_value(SecretId="app/pool", SecretString='{"client": "changed"}')
    app = AppClient.of(settings)
    assert app.secret.get_secret_value() == "of the pool"
    clock.now += 300
    assert app.secret.get_secret_value() == "changed"
    assert settings.cursor_secret.get_secret_value() == SECRET


def test_a_reference_is_never_taken_for_the_secret() -> None:
    """Settings that are made past `load_settings` are refused."""
    made: dict[str, Any] = {name.lower(): value for name, value in PROD.items()}
    with pytest.raises(SettingsError, match="a reference that was not read"):
        Settings(**{**made, "cursor_secret": f"aws-secretsmanager:{ARN}"})


def test_secrets_are_not_asked_for_in_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside a local stage, as everywhere; and nothing is asked without a region."""
    reference = {"CURSOR_SECRET": "aws-ssm:/cursor"}
    monkeypatch.setattr("app.aws.settings.AwsStores", lambda _: pytest.fail("asked"))
    for wrong in ({"SSM_ENDPOINT": "http://127.0.0.1:9"}, {"AWS_REGION": ""}):
        with monkeypatch.context() as patched:
            given(patched, {**PROD, **reference, **wrong})
            with pytest.raises(SettingsError) as refused:
                load_settings()
        assert [problem.names[0] for problem in refused.value.problems] == list(wrong)


def test_a_local_stage_reads_from_a_local_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint of the settings is asked, and an outage is a reason like others."""
    there = {"SSM_ENDPOINT": "http://127.0.0.1:9", "CURSOR_SECRET": "aws-ssm:/cursor"}
    given(monkeypatch, {**LOCAL, **there})
    with pytest.raises(SettingsError, match="aws-ssm:/cursor cannot be read: EndpointConnection"):
        load_settings()
