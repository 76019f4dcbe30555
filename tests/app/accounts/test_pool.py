"""What the port hands out hides its secrets; the pool's design leaves no way past the app."""

from __future__ import annotations

from app.services.accounts import account_errors
from app.services.accounts.account_errors import ChallengeUnsupported, PoolError, SignInRefused
from app.services.accounts.pool import NewPasswordNeeded, PoolUser, Tokens
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


def test_every_error_says_itself_in_words() -> None:
    """Each message can be composed from the fields alone."""
    classes = [each for each in vars(account_errors).values() if isinstance(each, type)]
    errors = [each for each in classes if issubclass(each, PoolError) and each is not PoolError]
    assert len(errors) > 8
    for error in errors:
        remedy = {"remedy": "do so"} if error is account_errors.PoolMisconfigured else {}
        assert str(error(reason="why", **remedy))


def test_one_refusal_is_like_another() -> None:
    """Whatever kept a sign-in from happening, the message is the same."""
    unlike = [SignInRefused(reason="user-not-found"), SignInRefused(reason="not-authorized")]
    assert {str(each) for each in unlike} == {str(ChallengeUnsupported(reason="sms-mfa"))}


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
