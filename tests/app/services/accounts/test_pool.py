"""What the port hands out hides its secrets; the pool's design leaves no way past the app."""

from __future__ import annotations

from app.core.problems import LoginRefused
from app.services.user_pool import NewPasswordNeeded, PasswordTooWeak, PoolRefuses, PoolUser, Tokens
from model import Role, UserId
from scripts.bootstrap.pool_design import CLIENT, GROUPS, POOL


def test_what_is_secret_is_not_shown() -> None:
    """Tokens, challenges and addresses stay out of representations, which logs print."""
    user = PoolUser(
        user_id=UserId("sub-1"),
        email="ada@example.com",
        role=Role.ADMIN,
        groups=frozenset(),
        is_enabled=True,
        has_password=True,
    )
    tokens = Tokens(access="aaa.b", identity="bbb.c", refresh="ccc.d", seconds=900)
    shown = repr((user, tokens, NewPasswordNeeded("ddd.e")))
    assert "sub-1" in shown
    assert "900" in shown
    assert not any(each in shown for each in ("ada@", "aaa.b", "bbb.c", "ccc.d", "ddd.e"))


def test_one_refusal_is_like_another() -> None:
    """Whatever kept a sign-in from happening, the client's message is the same."""
    unlike = [LoginRefused(cause="user-not-found"), LoginRefused(cause="not-authorized")]
    assert {each.words for each in unlike} == {LoginRefused.message}
    assert [str(each) for each in unlike] == [
        "e-mail, password or code are not right (user-not-found)",
        "e-mail, password or code are not right (not-authorized)",
    ]


def test_a_refused_value_is_named() -> None:
    """Where it stands in the request, and nothing of why the pool refused it."""
    for refusal, location, code in (
        (PoolRefuses(cause="user-lambda-validation"), "body", "refused-by-pool"),
        (PasswordTooWeak(cause="invalid-password"), "body.password", "too-weak"),
    ):
        (detail,) = refusal.details()
        assert (detail.location, detail.code, detail.message) == (location, code, refusal.message)


def test_nobody_makes_an_account_or_a_role_past_the_app() -> None:
    """The pool has no sign-up of its own, and users cannot write role or address."""
    assert POOL["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert not {"custom:role", "email", "email_verified"} & set(CLIENT["WriteAttributes"])


def test_the_pool_tells_nobody_who_has_an_account() -> None:
    """Unknown users are answered as wrong passwords are, and refresh tokens can be revoked."""
    assert CLIENT["PreventUserExistenceErrors"] == "ENABLED"
    assert CLIENT["EnableTokenRevocation"] is True


def test_there_is_a_group_for_every_role() -> None:
    """Of the same name, the mightiest first."""
    assert [group["GroupName"] for group in GROUPS] == list(Role)
