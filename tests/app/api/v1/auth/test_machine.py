"""Sign-ins, refreshes and endings in any order: nothing is open that should not be."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from model import Role
from tests.app import expect
from tests.app.api.v1.auth.accounts_machine import (
    ME,
    PASSWORDS,
    AccountsModel,
    Browser,
    open_model,
    sign_in,
)

pytestmark = pytest.mark.slow

browsers = st.integers(0, 2)
names = st.sampled_from(["ada", "eve"])
SESSIONS, USERS = "/v1/sessions", "/v1/auth/users"


class AccountServiceDep(RuleBasedStateMachine):
    """Two people and an administrator at three browsers."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()

    @initialize()
    def begin(self) -> None:
        """Two of the browsers are signed in, so that there is something to end from the start."""
        self.model: AccountsModel = open_model(self.stack)
        for number, name in enumerate(("ada", "eve")):
            self.log_in_rightly(number, name)

    def teardown(self) -> None:
        self.stack.close()

    def browser(self, number: int) -> Browser:
        return self.model.browsers[number]

    def is_open(self, browser: Browser) -> bool:
        return browser.opened is not None and browser.opened.is_open

    @rule(number=browsers, name=names)
    def log_in(self, number: int, name: str) -> None:
        self.log_in_rightly(number, name)

    @rule(number=browsers, name=names)
    def mistype(self, number: int, name: str) -> None:
        account = self.model.accounts[name]
        wrong = next(each for each in PASSWORDS if each != account.password)
        answer = sign_in(self.browser(number), account, wrong)
        expect.failure(answer, 401, "login-refused")

    def log_in_rightly(self, number: int, name: str) -> None:
        browser, account = self.browser(number), self.model.accounts[name]
        answer = sign_in(browser, account, account.password)
        if account.is_enabled:
            self.model.received(browser, account, answer)
        else:
            expect.failure(answer, 401, "login-refused")

    @rule(number=browsers)
    def refresh(self, number: int) -> None:
        browser = self.browser(number)
        answer = browser.client.post("/v1/auth/refresh")
        if browser.opened is not None and browser.opened.is_open:
            session = expect.success(answer)["session"]["sessionId"]
            assert session == browser.opened.session_id
            self.model.keep(browser)
        else:
            self.model.refused(browser, answer)

    @rule(number=browsers)
    def log_out(self, number: int) -> None:
        browser = self.browser(number)
        assert browser.client.post("/v1/auth/logout").status_code == 204
        assert not set(browser.client.cookies)
        if browser.opened is not None:
            browser.opened.is_open = False
        browser.opened = None

    @rule(data=st.data())
    def end_one(self, data: st.DataObject) -> None:
        sessions = sorted({each.session_id for each in self.model.issued.values()})
        if not sessions:
            return
        session = sessions[data.draw(st.integers(0, len(sessions) - 1))]
        assert self.model.admin.delete(f"{SESSIONS}/{session}").status_code == 204
        for each in self.model.issued.values():
            each.is_open = each.is_open and each.session_id != session

    @rule(number=browsers)
    def log_out_everywhere(self, number: int) -> None:
        browser = self.browser(number)
        answer = browser.client.delete(SESSIONS)
        if browser.opened is None or not browser.opened.is_open:
            self.model.refused(browser, answer)
            return
        assert answer.status_code == 204
        self.model.end_all(browser.opened.account)

    @rule(name=names)
    def throw_out(self, name: str) -> None:
        account = self.model.accounts[name]
        answer = self.model.admin.delete(f"{SESSIONS}?userId={account.user.user_id}")
        assert answer.status_code == 204
        self.model.end_all(account)

    @rule(name=names, enabled=st.booleans())
    def shut_out_or_let_in(self, name: str, enabled: bool) -> None:
        account = self.model.accounts[name]
        verb = "enable" if enabled else "disable"
        expect.success(self.model.admin.post(f"{USERS}/{account.user.user_id}/{verb}"))
        account.is_enabled = enabled
        if not enabled:
            self.model.end_all(account)

    @rule(name=names, role=st.sampled_from([Role.VIEWER, Role.EDITOR]))
    def give_role(self, name: str, role: Role) -> None:
        account = self.model.accounts[name]
        path = f"{USERS}/{account.user.user_id}/role"
        expect.success(self.model.admin.patch(path, json={"role": role}))
        if account.role is not role:
            self.model.end_all(account)
        account.role = role

    @rule(number=browsers, is_right=st.booleans())
    def change_password(self, number: int, is_right: bool) -> None:
        browser = self.browser(number)
        account = browser.opened.account if browser.opened else self.model.accounts["ada"]
        other = next(each for each in PASSWORDS if each != account.password)
        body = {"oldPassword": account.password if is_right else other, "newPassword": other}
        answer = browser.client.post("/v1/auth/password/change", json=body)
        if not self.is_open(browser):
            self.model.refused(browser, answer)
        elif is_right:
            self.model.end_all(account)
            account.password = other
            self.model.received(browser, account, answer)
        else:
            expect.failure(answer, 401, "login-refused")

    @rule(number=browsers)
    def read(self, number: int) -> None:
        browser = self.browser(number)
        answer = browser.client.get(ME)
        if browser.opened is not None and browser.opened.is_open:
            me = expect.success(answer)
            assert me["userId"] == browser.opened.account.user.user_id
        else:
            self.model.refused(browser, answer)

    @rule(number=browsers)
    def write(self, number: int) -> None:
        browser = self.browser(number)
        answer = browser.client.post("/v1/categories", json={})
        if browser.opened is None or not browser.opened.is_open:
            self.model.refused(browser, answer)
        elif browser.opened.account.role is Role.VIEWER:
            expect.failure(answer, 403, "forbidden")
        else:
            expect.failure(answer, 422, "unprocessable")

    @invariant()
    def every_token_opens_what_it_should(self) -> None:
        self.model.check()


AccountServiceDep.TestCase.settings = settings(
    max_examples=9,
    stateful_step_count=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
TestAccounts = AccountServiceDep.TestCase
