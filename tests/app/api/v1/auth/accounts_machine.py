"""A model of accounts, browsers and sessions, that says what each token ever issued opens."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from fastapi.testclient import TestClient

from app.core.settings import Settings
from model import Role, User
from tests.app import expect
from tests.app.api.v1.auth.answers import ACCESS, REFRESH
from tests.app.api.v1.stores import in_memory
from tests.app.harness import AppHarness, open_with_pool
from tests.app.services.accounts.user_pool import PASSWORD, log_in

PASSWORDS = (PASSWORD, "Better-password-2")
ME = "/v1/auth/me"


@dataclass
class Account:
    user: User
    role: Role = Role.VIEWER
    is_enabled: bool = True
    password: str = PASSWORD


@dataclass
class Opened:
    """A session as it should be."""

    account: Account
    session_id: str
    is_open: bool = True


@dataclass
class Browser:
    """`opened`: the session of the cookies that it has now; None without any."""

    client: TestClient
    opened: Opened | None = None


@dataclass
class AccountsModel:
    harness: AppHarness
    admin: TestClient
    accounts: dict[str, Account]
    browsers: list[Browser]
    issued: dict[str, Opened] = field(default_factory=dict)

    def sessions_of(self, account: Account) -> list[Opened]:
        return [each for each in self.issued.values() if each.account is account]

    def end_all(self, account: Account) -> None:
        for each in self.sessions_of(account):
            each.is_open = False

    def received(self, browser: Browser, account: Account, answer: Any) -> None:
        """A sign-in's cookies and its new session."""
        session = expect.success(answer)["session"]["sessionId"]
        assert session not in {each.session_id for each in self.issued.values()}
        browser.opened = Opened(account, session)
        self.keep(browser)

    def keep(self, browser: Browser) -> None:
        assert browser.opened is not None
        self.issued[browser.client.cookies[ACCESS]] = browser.opened

    def refused(self, browser: Browser, answer: Any) -> None:
        """A session that is over: its cookies are gone with the answer."""
        code = "credentials-missing" if browser.opened is None else "session-ended"
        expect.failure(answer, 401, code)
        assert not set(browser.client.cookies) & {ACCESS, REFRESH}
        browser.opened = None

    def check(self) -> None:
        """Every token ever issued opens what the model says, with the role of the account."""
        for token, opened in self.issued.items():
            headers = {"Authorization": f"Bearer {token}"}
            answer = TestClient(self.harness.app, headers=headers).get(ME)
            if opened.is_open:
                me = expect.success(answer)
                assert me["roles"] == [opened.account.role]
                assert me["session"]["sessionId"] == opened.session_id
            else:
                expect.failure(answer, 401, "session-ended")


def open_model(stack: ExitStack) -> AccountsModel:
    settings = Settings(
        app_env="local",
        table_name="blog",
        dynamodb_endpoint="http://127.0.0.1:9",
        reads_per_minute=1_000_000,
        writes_per_minute=1_000_000,
    )
    harness = stack.enter_context(open_with_pool(settings, stack.enter_context(in_memory())))
    accounts = {name: Account(harness.account(name)) for name in ("ada", "eve")}
    harness.account("root", Role.ADMIN)
    admin = harness.bearer(harness.sign_in("root"))
    return AccountsModel(harness, admin, accounts, [Browser(harness.browser()) for _ in range(3)])


def sign_in(browser: Browser, account: Account, password: str) -> Any:
    return log_in(browser.client, account.user.name, password)
