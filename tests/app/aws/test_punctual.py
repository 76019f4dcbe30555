"""No attempt at AWS begins whose answer could come too late, and that is an outage like others."""

from __future__ import annotations

import pytest
from moto import mock_aws

from access_patterns import categories
from app.aws import clients
from app.aws.cognito import make_user_pool
from app.aws.s3 import make_object_store
from app.core.problems import Unavailable
from app.core.settings import Settings
from app.processes import make_repository
from app.services.objects import StorageRefused, StorageUnavailable
from model import CategoryId
from singletable.errors import ServiceUnavailable
from tests.singletable.raises import raises

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def configured(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    pool = {"cognito_user_pool_id": "us-east-1_a", "cognito_client_id": "client"}
    return settings.model_copy(
        update={"app_env": "dev", "dynamodb_endpoint": "", "media_bucket": "media", **pool}
    )


@mock_aws
@pytest.mark.parametrize("left", [6.9, 0.0, -1.0])
def test_what_could_not_be_answered_in_time_is_not_sent(
    configured: Settings, monkeypatch: pytest.MonkeyPatch, left: float
) -> None:
    """Less is left than connecting (2 s) and waiting (5 s) may take: each service is away."""
    monkeypatch.setattr(clients, "seconds_left", lambda: left)
    store, pool = make_object_store(configured), make_user_pool(configured)
    assert store is not None
    assert pool is not None
    with raises(ServiceUnavailable, detail="time of the request"):
        make_repository(configured).fetch(categories.by_id(CategoryId("a")))
    with pytest.raises(StorageUnavailable, match="time of the request"):
        store.facts("k")
    with pytest.raises(Unavailable):
        pool.revoke("token")


@mock_aws
@pytest.mark.parametrize("left", [7.1, None])
def test_what_may_be_answered_in_time_is_sent(
    configured: Settings, settings: Settings, monkeypatch: pytest.MonkeyPatch, left: float | None
) -> None:
    """And whatever no request waits for: here to where nobody listens, and no bucket is."""
    monkeypatch.setattr(clients, "seconds_left", lambda: left)
    nowhere = settings.model_copy(update={"dynamodb_endpoint": NOWHERE})
    with raises(ServiceUnavailable, detail="no connection"):
        make_repository(nowhere).fetch(categories.by_id(CategoryId("a")))
    store = make_object_store(configured)
    assert store is not None
    with pytest.raises(StorageRefused, match="NoSuchBucket"):
        store.facts("k")


def test_no_retry_begins_too_late(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each attempt asks: the second is not made although the settings allow three."""
    asked: list[float] = []

    def left() -> float:
        asked.append(8.0 - 2 * len(asked))
        return asked[-1]

    monkeypatch.setattr(clients, "seconds_left", left)
    nowhere = settings.model_copy(update={"dynamodb_endpoint": NOWHERE})
    with raises(ServiceUnavailable, detail="time of the request"):
        make_repository(nowhere).fetch(categories.by_id(CategoryId("a")))
    assert asked == [8.0, 6.0]
