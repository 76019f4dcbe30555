"""In with a password, on with fresh tokens, out for good."""

from __future__ import annotations

from model import Role
from tests.app import expect
from tests.app.accounts.town import PASSWORD, Town, log_in


def test_a_stranger_signs_up_signs_in_and_out(any_town: Town) -> None:
    """As a viewer; the tokens are in cookies, and after signing out nothing is open."""
    browser = any_town.browser()
    wanted = {"email": "Ada@Example.com", "password": PASSWORD, "name": "Ada"}
    made = expect.success(browser.post("/v1/auth/signup", json=wanted), 201)
    assert (made["email"], made["role"]) == ("ada@example.com", Role.VIEWER)
    expect.failure(browser.get("/v1/auth/me"), 401, "credentials-missing")
    expect.success(log_in(browser, "ada"))
    me = expect.success(browser.get("/v1/auth/me"))
    assert (me["userId"], me["roles"]) == (made["userId"], [Role.VIEWER])
    assert me["session"]["isOpen"] is True
    bearer = any_town.bearer(browser)
    assert expect.success(bearer.get("/v1/auth/me"))["userId"] == made["userId"]
    assert browser.post("/v1/auth/logout").status_code == 204
    assert not browser.cookies
    expect.failure(bearer.get("/v1/auth/me"), 401, "session-ended")
