"""The user pool's adapter over moto, and over answers that tests dictate."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.stub import Stubber

from app.aws.cognito import CognitoPool
from tests.app.aws.dictated import app_client
from tests.app.services.accounts.pools import REGION, pool_in_process


@pytest.fixture
def pool() -> Iterator[CognitoPool]:
    with pool_in_process() as made:
        yield made


@pytest.fixture
def dictated() -> Iterator[tuple[CognitoPool, Stubber]]:
    """A pool whose answers are queued beforehand; it refuses requests that were not expected."""
    client = boto3.client(
        "cognito-idp", region_name=REGION, aws_access_key_id="k", aws_secret_access_key="s"
    )
    with Stubber(client) as stub:
        yield CognitoPool(client, app_client()), stub
