"""What the page says of metrics and time-outs is what the code does."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from botocore.retries.standard import ExponentialBackoff, RetryContext

from app.adapters import jwt
from app.adapters.redis import RedisCounters, RedisServer
from app.aws.clients import Clients
from app.aws.settings import AwsStores
from app.core.metrics import METRICS
from app.core.settings import Settings
from scripts.docs.declarations import PAUSES, TIMES_PLACE, longest, observability_tables

NOWHERE = "redis://192.0.2.1:6379/0"


def row(call: str) -> list[str]:
    lines = observability_tables()[TIMES_PLACE].splitlines()
    (line,) = [each for each in lines if each.startswith(f"| {call} ")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def seconds(cell: str) -> float:
    return float(cell.removesuffix(" s"))


@pytest.fixture
def everywhere(settings: Settings) -> Settings:
    pool = {"app_env": "dev", "cognito_user_pool_id": "us-east-1_a"}
    return settings.model_copy(update=pool)


def test_every_metric_is_on_the_page() -> None:
    """A line each."""
    lines = observability_tables()["metrics"].splitlines()[2:]
    assert [line.split("`")[1] for line in lines] == [metric.name for metric in METRICS]


def test_aws_is_waited_for_as_the_page_says(everywhere: Settings) -> None:
    """Each client has these time-outs and attempts; so have those that read secrets."""
    clients, stores = Clients(everywhere), AwsStores(everywhere)
    found = {
        "DynamoDB": clients.dynamodb,
        "S3": clients.s3,
        "Cognito": clients.cognito,
        "Secrets Manager, Parameter Store": stores._secrets,
    }
    for call, client in found.items():
        config, said = client.meta.config, row(call)
        assert seconds(said[1]) == config.connect_timeout, call
        assert seconds(said[2]) == config.read_timeout, call
        assert int(said[3]) == config.retries["total_max_attempts"], call
        assert config.retries["mode"] == "standard"
    assert stores._parameters.meta.config.read_timeout == config.read_timeout


def test_the_sdk_pauses_no_longer_than_the_page_says() -> None:
    """Throttled, and with the longest that chance may bring; otherwise it is milliseconds."""
    throttled = Mock(is_throttling_error_from_context=lambda _: True)
    backoff = ExponentialBackoff(random=lambda: 1.0, throttling_detector=throttled)
    pauses = [
        backoff.delay_amount(RetryContext(attempt_number=attempt)) for attempt in (1, 2, 3, 4)
    ]
    assert pauses == list(PAUSES)
    assert longest(3, 2.0, 5.0) == 3 * 7 + 1 + 2


def test_redis_is_waited_for_as_the_page_says() -> None:
    """Both pools; nothing is sent twice."""
    counters, pages = RedisCounters(NOWHERE, ""), RedisServer(NOWHERE, "Redis")
    for call, pool in (
        ("Redis, counting requests", counters._server._pool),
        ("Redis, sharing pages", pages._pool),
    ):
        options, said = pool.connection_kwargs, row(call)
        assert seconds(said[1]) == options["socket_connect_timeout"]
        assert seconds(said[2]) == options["socket_timeout"]
        assert options["retry"]._retries == 0
        assert f"{pool.timeout:g} s" in said[5]
    counters.close()
    pages.close()


def test_signing_keys_are_waited_for_as_the_page_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time-out that the connection is given."""
    given: list[float] = []

    def connect(host: str, port: int | None, timeout: float) -> None:
        given.append(timeout)
        raise OSError

    monkeypatch.setattr(jwt, "HTTPSConnection", connect)
    with pytest.raises(OSError):
        jwt.fetch_document("https://keys.example.com")
    assert given == [seconds(row("signing keys (JWKS)")[1])]


def test_a_request_outlives_any_single_attempt(everywhere: Settings) -> None:
    """And ends before the gateway gives up at thirty seconds."""
    attempt = everywhere.aws_connect_timeout_seconds + everywhere.aws_read_timeout_seconds
    assert attempt < everywhere.request_seconds < 30
