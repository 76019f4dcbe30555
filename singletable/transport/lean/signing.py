"""Signature Version 4 of requests to DynamoDB: one method, path and set of headers."""

from __future__ import annotations

import hmac
import time
from hashlib import sha256
from typing import Protocol

from singletable.records import record

_TYPE = "application/x-amz-json-1.0"
_TERMINATOR = "aws4_request"
_SERVICE = "dynamodb"


class Credentials(Protocol):
    """As botocore's frozen credentials have them; `token` is that of a session."""

    @property
    def access_key(self) -> str | None: ...
    @property
    def secret_key(self) -> str | None: ...
    @property
    def token(self) -> str | None: ...


@record
class StaticCredentials:
    """Credentials that stay as they are."""

    access_key: str
    secret_key: str
    token: str | None = None

    def get_frozen_credentials(self) -> StaticCredentials:
        return self


class Unsignable(ValueError):
    """Credentials with characters that no header can hold."""


@record
class _Day:
    """What signatures of one day by the same credentials have in common."""

    access_key: str
    secret_key: str
    token: str | None
    date: str
    scope: str
    key: bytes
    signed_headers: str
    token_line: str
    token_header: str


class Signer:
    """Makes the signed headers of requests to `host`, which is as the `Host` header has it.

    The key is derived once for a day and credentials.
    """

    def __init__(self, host: str, region: str) -> None:
        self._host, self._region = host, region
        self._second, self._stamp = 0, ""
        self._day: _Day | None = None

    def headers(self, credentials: Credentials, target: str, body: bytes, now: float) -> str:
        """The lines of the headers, each with its end. `now`: seconds since 1970."""
        second = int(now)
        if second != self._second:
            self._stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(second))
            self._second = second
        stamp = self._stamp
        day = self._day_of(credentials, stamp[:8])
        canonical = (
            f"POST\n/\n\ncontent-type:{_TYPE}\nhost:{self._host}\nx-amz-date:{stamp}\n"
            f"{day.token_line}x-amz-target:{target}\n\n{day.signed_headers}\n"
            f"{sha256(body).hexdigest()}"
        )
        to_sign = (
            f"AWS4-HMAC-SHA256\n{stamp}\n{day.scope}\n{sha256(canonical.encode()).hexdigest()}"
        )
        signature = hmac.digest(day.key, to_sign.encode(), "sha256").hex()
        return (
            f"host:{self._host}\r\ncontent-type:{_TYPE}\r\nx-amz-date:{stamp}\r\n"
            f"{day.token_header}x-amz-target:{target}\r\n"
            f"authorization:AWS4-HMAC-SHA256 Credential={day.access_key}/{day.scope}, "
            f"SignedHeaders={day.signed_headers}, Signature={signature}\r\n"
        )

    def _day_of(self, given: Credentials, date: str) -> _Day:
        day = self._day
        if (
            day is None
            or day.date != date
            or day.access_key != given.access_key
            or day.secret_key != given.secret_key
            or day.token != given.token
        ):
            day = self._day = _derive(given, date, self._region)
        return day


def _derive(given: Credentials, date: str, region: str) -> _Day:
    access_key, secret_key, token = given.access_key, given.secret_key, given.token or ""
    if not access_key or not secret_key:
        raise Unsignable("the credentials have no key")
    if not all(map(_fits_a_header, (access_key, token))):
        raise Unsignable("the access key or the session token has a space, or no ASCII")
    key = f"AWS4{secret_key}".encode()
    for part in (date, region, _SERVICE, _TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return _Day(
        access_key,
        secret_key,
        given.token,
        date,
        f"{date}/{region}/{_SERVICE}/{_TERMINATOR}",
        key,
        f"content-type;host;x-amz-date;{'x-amz-security-token;' if token else ''}x-amz-target",
        f"x-amz-security-token:{token}\n" if token else "",
        f"x-amz-security-token:{token}\r\n" if token else "",
    )


def _fits_a_header(value: str) -> bool:
    return value.isascii() and value.isprintable() and " " not in value
