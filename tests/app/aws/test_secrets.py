"""Secrets by reference: read from AWS, kept, renewed; their values are in no message."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from app.aws.settings import (
    PAUSE_SECONDS,
    AwsStores,
    LiveSecret,
    Reference,
    SecretUnreadable,
)
from app.core.settings_base import AwsSettings
from tests.app.adapters.limits.counting import Seconds

WHOLE = Reference("aws-secretsmanager", "app/cursor")
PART = Reference("aws-secretsmanager", "app/json", "password")
PARAMETER = Reference("aws-ssm", "/app/redis")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsStores]:
    """With secrets of each kind."""
    with mock_aws():
        manager = boto3.client("secretsmanager", region_name="eu-west-1")
        for name, text in {
            "app/cursor": "hush-hush",
            "app/json": '{"password": "hush", "number": 1, "empty": ""}',
            "app/list": "[1]",
        }.items():
            manager.create_secret(Name=name, SecretString=text)
        manager.create_secret(Name="app/bytes", SecretBinary=b"hush")
        store = boto3.client("ssm", region_name="eu-west-1")
        store.put_parameter(Name="/app/redis", Value="redis://hush", Type="SecureString")
        yield AwsStores(AwsSettings(aws_region="eu-west-1"))


@pytest.mark.parametrize(
    ("reference", "value"), [(WHOLE, "hush-hush"), (PART, "hush"), (PARAMETER, "redis://hush")]
)
def test_a_secret_is_where_its_reference_says(
    aws: AwsStores, reference: Reference, value: str
) -> None:
    """Whole, a part of JSON, an encrypted parameter."""
    assert aws(reference) == value


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        (Reference("aws-secretsmanager", "nowhere"), "ResourceNotFoundException"),
        (Reference("aws-ssm", "/nowhere"), "ParameterNotFound"),
        (Reference("aws-secretsmanager", "app/bytes"), "it holds no text"),
        (Reference("aws-secretsmanager", "app/cursor", "k"), "it is not JSON"),
        (Reference("aws-secretsmanager", "app/list", "k"), "it has no text at k"),
        (Reference("aws-secretsmanager", "app/json", "other"), "it has no text at other"),
        (Reference("aws-secretsmanager", "app/json", "number"), "it has no text at number"),
        (Reference("aws-secretsmanager", "app/json", "empty"), "it has no text at empty"),
    ],
)
def test_what_cannot_be_read_says_why(aws: AwsStores, reference: Reference, reason: str) -> None:
    """The reference and the reason, nothing of what is kept there."""
    with pytest.raises(SecretUnreadable) as refused:
        aws(reference)
    assert str(refused.value) == f"{reference} cannot be read: {reason}"
    assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("fail", "reason"),
    [
        (lambda stub: stub.add_client_error("get_secret_value", "AccessDenied"), "AccessDenied"),
        (lambda stub: stub.add_response("get_secret_value", {}), "it holds no text"),
    ],
)
def test_answers_of_aws_become_our_error(fail: Callable[[Any], None], reason: str) -> None:
    """Whatever is refused, or lacks what was asked for."""
    stores = AwsStores(AwsSettings(aws_region="eu-west-1"))
    with Stubber(stores._secrets) as stub, pytest.raises(SecretUnreadable, match=reason):
        fail(stub)
        stores(WHOLE)


def test_an_aws_that_is_silent_is_waited_for_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Lambda a start may take ten seconds; a local endpoint sees no real credentials."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "real")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    nowhere = {
        "secretsmanager_endpoint": "http://127.0.0.1:9",
        "ssm_endpoint": "http://127.0.0.1:9",
    }
    stores = AwsStores(AwsSettings(app_env="local", **nowhere))
    for reference in (WHOLE, PARAMETER):
        with pytest.raises(SecretUnreadable, match="EndpointConnectionError"):
            stores(reference)
    for client in (stores._secrets, stores._parameters):
        config = client.meta.config
        assert config.retries["total_max_attempts"] == 2
        assert 2 * (config.connect_timeout + config.read_timeout) + 1 < 10
        assert client._request_signer._credentials.access_key == "local"


class Vault:
    """Answers with the next value, or fails as it is told."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.asked = 0

    def __call__(self, reference: Reference) -> str:
        self.asked += 1
        answer = self.answers.pop(0)
        if answer is None:
            raise SecretUnreadable(f"{reference} cannot be read: Silence")
        return answer


def test_a_value_is_used_until_it_is_old() -> None:
    """Then it is read again, once."""
    vault, clock = Vault("first", "second"), Seconds()
    secret = LiveSecret(vault, WHOLE, 300, clock)
    assert [secret.get_secret_value(), secret.get_secret_value()] == ["first", "first"]
    clock.now += 299
    assert secret.get_secret_value() == "first"
    clock.now += 1
    assert [secret.get_secret_value(), secret.get_secret_value()] == ["second", "second"]
    assert vault.asked == 2


def test_where_aws_is_silent_the_last_value_counts(caplog: pytest.LogCaptureFixture) -> None:
    """It is asked again after a pause; the log says when that begins and when it ends."""
    caplog.set_level(logging.INFO, "app.aws.settings")
    vault, clock = Vault("first", None, None, "second"), Seconds()
    secret = LiveSecret(vault, WHOLE, 300, clock)
    assert secret.get_secret_value() == "first"
    clock.now += 300
    assert [secret.get_secret_value() for _ in range(5)] == ["first"] * 5
    assert vault.asked == 2
    clock.now += PAUSE_SECONDS
    assert secret.get_secret_value() == "first"
    clock.now += PAUSE_SECONDS
    assert secret.get_secret_value() == "second"
    assert [(each.levelname, each.getMessage()) for each in caplog.records] == [
        (
            "WARNING",
            "the last known value counts: aws-secretsmanager:app/cursor cannot be read: Silence",
        ),
        ("INFO", "aws-secretsmanager:app/cursor is read again"),
    ]


def test_a_secret_that_cannot_be_read_at_first_is_an_error() -> None:
    """Nothing is made up."""
    with pytest.raises(SecretUnreadable):
        LiveSecret(Vault(None), WHOLE, 300, Seconds())


def test_nobody_waits_for_a_renewal_but_the_one_who_asks() -> None:
    """While it is under way the others go on with the old value."""
    clock, begun, finish = Seconds(), Event(), Event()

    def slow(_: Reference) -> str:
        if not begun.is_set() and clock.now > 1_000:
            begun.set()
            assert finish.wait(10)
            return "new"
        return "old"

    secret = LiveSecret(slow, WHOLE, 300, clock)
    assert secret.get_secret_value() == "old"
    clock.now += 300
    with ThreadPoolExecutor(1) as threads:
        renewing = threads.submit(secret.get_secret_value)
        assert begun.wait(10)
        assert secret.get_secret_value() == "old"
        finish.set()
        assert renewing.result() == "new"
    assert secret.get_secret_value() == "new"
