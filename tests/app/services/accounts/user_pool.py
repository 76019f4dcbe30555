"""A user pool of moto, and accounts, sign-ins and sessions, as anyone has them."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from access_patterns import users
from app.aws.cognito import AppClient, CognitoPool
from app.core.problems import LoginRefused
from app.services.accounts import AccountService
from app.services.registration import NewAccount, register
from app.services.user_pool import Tokens
from model import Role, User
from singletable import Repository
from tests.app import expect
from tests.app.services.accounts.pools import REGION, make_pool

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

ORIGIN = "https://testserver"
PASSWORD = "Correct-horse-7"


class MotoPool(CognitoPool):
    """With what moto lacks: revocation, and a refusal for tokens of those who were deleted."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.revoked = set[str]()

    @property
    def identities(self) -> tuple[str, str]:
        """Of the pool and of the app client, as Cognito has them."""
        return self._app.pool_id, self._app.client_id

    def revoke(self, refresh_token: str) -> None:
        self.revoked.add(refresh_token)

    def refresh(self, refresh_token: str, username: str) -> Tokens:
        if refresh_token in self.revoked:
            raise LoginRefused(cause="revoked")
        try:
            return super().refresh(refresh_token, username)
        except AttributeError:
            raise LoginRefused(cause="deleted") from None


def moto_keys(_url: str = "") -> bytes:
    """The keys that moto signs with, as its server would show them."""
    packed = files("moto.cognitoidp").joinpath("resources/jwks-public.json.gz").read_bytes()
    return gzip.decompress(packed)


class AccountSteps:
    """What `AppHarness` does with accounts; `cognito` is the client of the pool."""

    app: FastAPI
    repository: Repository
    pool: MotoPool | None
    cognito: CognitoIdentityProviderClient | None

    @property
    def service(self) -> AccountService:
        service: AccountService | None = self.app.state.container.service
        assert service is not None
        return service

    def stored_user(self, user: User) -> User | None:
        """As the table has it now."""
        return self.repository.fetch(users.by_id(user.user_id).consistent())

    def path(self, user: User, verb: str = "") -> str:
        return f"/v1/auth/users/{user.user_id}{verb}"

    def account(self, name: str, role: Role = Role.VIEWER, **given: Any) -> User:
        """`<name>@example.com`, known to pool and table, with `PASSWORD`."""
        wanted = NewAccount(f"{name}@example.com", role, name, **({"password": PASSWORD} | given))
        return register(self.service, wanted, datetime.now(UTC))

    def browser(self, origin: str | None = ORIGIN) -> TestClient:
        """Keeps cookies, and says where its pages are from."""
        headers = {} if origin is None else {"Origin": origin}
        return TestClient(self.app, base_url=ORIGIN, headers=headers)

    def sign_in(self, name: str, password: str = PASSWORD) -> TestClient:
        browser = self.browser()
        answer = log_in(browser, name, password)
        assert expect.success(answer)["status"] == "signed-in"
        return browser

    def bearer(self, browser: TestClient) -> TestClient:
        """Speaks with the access token that a browser has in its cookie."""
        token = browser.cookies["__Host-fm-access"]
        return TestClient(self.app, base_url=ORIGIN, headers={"Authorization": f"Bearer {token}"})


def log_in(browser: TestClient, name: str, password: str = PASSWORD) -> Any:
    body = {"email": f"{name}@example.com", "password": password}
    return browser.post("/v1/auth/login", json=body)


@cache
def cognito_client(endpoint: str | None = None) -> CognitoIdentityProviderClient:
    """With credentials that open nothing."""
    client: CognitoIdentityProviderClient = boto3.client(
        "cognito-idp",
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"mode": "standard", "total_max_attempts": 1}),
    )
    return client


def open_pool(client: CognitoIdentityProviderClient) -> MotoPool:
    """A pool and an app client of its own."""
    known = AppClient(*make_pool(client), secret=SecretStr(""), flow="USER_PASSWORD_AUTH")
    return MotoPool(client, known)


def pool_settings(pool: MotoPool, endpoint: str | None = None) -> dict[str, Any]:
    """Those of an app with this pool; sessions are asked for anew by each request."""
    pool_id, client_id = pool.identities
    return {
        "api_hosts": "testserver",
        "cognito_user_pool_id": pool_id,
        "cognito_client_id": client_id,
        "cognito_issuer": f"https://cognito-idp.{REGION}.amazonaws.com/{pool_id}",
        "cognito_endpoint": endpoint or "http://127.0.0.1:9",
        "session_cache_seconds": 0.0,
        "sign_in_attempts_per_minute": 10_000,
    }
