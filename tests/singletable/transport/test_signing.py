"""Signatures are botocore's, byte for byte."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from singletable.transport.lean.signing import Signer, StaticCredentials, Unsignable

PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=80)
CREDENTIALS = st.builds(
    StaticCredentials, PRINTABLE, st.text(min_size=1, max_size=60), st.none() | PRINTABLE
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
OPERATIONS = st.sampled_from(["GetItem", "PutItem", "TransactWriteItems", "SearchVectors"])
HOSTS = st.sampled_from(
    ["dynamodb.eu-west-1.amazonaws.com", "localhost:8000", "[::1]:8000", "dynamodb.example"]
)
REGIONS = st.sampled_from(["eu-west-1", "us-gov-west-1", "cn-north-1"])


def by_botocore(
    credentials: StaticCredentials, host: str, region: str, target: str, body: bytes, now: datetime
) -> dict[str, str]:
    """The headers that botocore signs and adds, by their lower-case names."""
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}
    request: Any = AWSRequest("POST", f"https://{host}/", data=body, headers=headers)
    known = Credentials(credentials.access_key, credentials.secret_key, credentials.token)
    with patch("botocore.auth.get_current_datetime", lambda: now.replace(tzinfo=None)):
        SigV4Auth(known, "dynamodb", region).add_auth(request)
    return {name.lower(): str(value) for name, value in request.headers.items()}


@given(
    st.lists(st.tuples(CREDENTIALS, OPERATIONS, st.binary(max_size=300), MOMENTS), min_size=1),
    HOSTS,
    REGIONS,
)
def test_signatures_are_botocores(
    requests: list[tuple[StaticCredentials, str, bytes, datetime]], host: str, region: str
) -> None:
    """Of one signer, whatever it has signed before; nothing else is sent as signed."""
    signer = Signer(host, region)
    for credentials, operation, body, now in requests:
        target = f"DynamoDB_20120810.{operation}"
        lines = signer.headers(credentials, target, body, now.timestamp())
        assert lines.endswith("\r\n")
        made = dict(line.split(":", 1) for line in lines[:-2].split("\r\n"))
        assert made.pop("host") == host
        assert made == by_botocore(credentials, host, region, target, body, now)


@pytest.mark.parametrize("spoilt", ["with space", "end\n", "a\r\nx-injected:1", "é"])
@pytest.mark.parametrize("field", ["access_key", "token"])
def test_what_no_header_can_hold_is_refused(field: str, spoilt: str) -> None:
    """Else it would end the header, and begin another."""
    credentials = StaticCredentials(**{"access_key": "a", "secret_key": "s", field: spoilt})
    with pytest.raises(Unsignable):
        Signer("h", "eu-west-1").headers(credentials, "T.Get", b"", 0)


@pytest.mark.parametrize("field", ["access_key", "secret_key"])
def test_nothing_is_signed_without_a_key(field: str) -> None:
    """botocore's credentials may have none."""
    credentials = StaticCredentials(**{"access_key": "a", "secret_key": "s", field: ""})
    with pytest.raises(Unsignable, match="no key"):
        Signer("h", "eu-west-1").headers(credentials, "T.Get", b"", 0)
