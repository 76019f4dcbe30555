"""A process that changes accounts and is killed in front of a request of the test's choice."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

from pydantic import SecretStr

from access_patterns import blog
from app.adapters.jwt import JwtVerifier, SigningKeys
from app.aws.cognito import AppClient, CognitoPool
from app.core.context import utc_now
from app.services import accounts
from app.services.accounts import AccountService, Challenges
from app.services.registration import NewAccount, register
from app.services.sessions import Expected, SessionStore
from model import Role, UserId
from singletable import Repository, boto3_transport
from tests.app.killed_process import die, live_each_line
from tests.app.services.accounts.faults import COGNITO, DYNAMODB, WatchedRequests
from tests.app.services.accounts.user_pool import PASSWORD, cognito_client, moto_keys
from tests.backends import SECRET, client_of


class KilledService:
    """Accounts over a moto that other processes reach as well."""

    def __init__(self, endpoint: str) -> None:
        self._dynamodb, self._cognito = client_of(endpoint), cognito_client(endpoint)

    def service(self, table: str, pool_id: str, client_id: str) -> AccountService:
        repository = Repository(
            boto3_transport(self._dynamodb), {blog: table}, cursor_secret=SECRET
        )
        known = AppClient(pool_id, client_id, secret=SecretStr(""), flow="USER_PASSWORD_AUTH")
        expected = Expected("https://nobody.example.com", client_id, timedelta())
        keys = SigningKeys("https://keys.example.com", moto_keys)
        return AccountService(
            repository,
            CognitoPool(self._cognito, known),
            JwtVerifier(expected, keys, utc_now),
            SessionStore(repository, 0),
            timedelta(days=1),
            Challenges(SECRET),
        )

    def live(
        self, at: list[str], change: str, argument: str, role: str, now: str, dies_at: int
    ) -> None:
        service, requests = self.service(*at), WatchedRequests(dies_at, die)
        self._dynamodb.meta.events.register(f"before-call.{DYNAMODB}", requests.note)
        self._cognito.meta.events.register(f"before-call.{COGNITO}", requests.note)
        moment, user_id = datetime.fromisoformat(now), UserId(argument)
        match change:
            case "change-role":
                accounts.change_role(service, user_id, Role(role), moment)
            case "disable":
                accounts.disable(service, user_id, moment)
            case "enable":
                accounts.enable(service, user_id, moment)
            case "remove":
                accounts.remove(service, user_id, moment)
            case "register":
                register(service, NewAccount(argument, Role(role), password=PASSWORD), moment)
            case _:
                raise ValueError(change)


if __name__ == "__main__":
    live_each_line(KilledService(*sys.argv[1:]).live)
