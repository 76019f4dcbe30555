"""Accounts, sign-in and passwords over a pool of moto."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.aws.clients import Clients
from app.aws.cognito import CognitoPool, make_user_pool
from app.core.problems import InternalError, LoginRefused, Taken
from app.core.settings import Settings, SignInFlow
from app.services.user_pool import (
    NewPasswordNeeded,
    PasswordTooWeak,
    PoolRefuses,
    PoolUser,
    Tokens,
    UserNotInPool,
    UserPool,
)
from model import Role, UserId
from tests.app.services.accounts.pools import PASSWORD, add_user, pool_in_process

EMAIL = "ada@example.com"
NEWER = "Another-horse-8"
NOBODY = UserId("00000000-0000-4000-8000-000000000000")


@pytest.fixture(params=["ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"])
def each_flow(request: pytest.FixtureRequest) -> Iterator[CognitoPool]:
    flow: SignInFlow = request.param
    with pool_in_process(flow) as made:
        yield made


def signed_in(pool: CognitoPool, email: str = EMAIL, password: str = PASSWORD) -> Tokens:
    tokens = pool.sign_in(email, password)
    assert isinstance(tokens, Tokens)
    return tokens


def test_the_adapter_is_a_user_pool(pool: CognitoPool) -> None:
    """It has every method of the port, as the checkers see it."""
    port: UserPool = pool
    assert port.find(NOBODY) is None


def test_without_a_pool_there_are_no_accounts(settings: Settings) -> None:
    """The pool is absent, not broken."""
    assert make_user_pool(settings) is None


def test_the_client_is_in_the_region_of_the_pool(settings: Settings) -> None:
    """Whatever region the table is in; at a local endpoint real credentials stay home."""
    local = settings.model_copy(
        update={
            "cognito_user_pool_id": "eu-west-3_abc",
            "cognito_client_id": "client1",
            "cognito_endpoint": "http://localhost:9000",
        }
    )
    clients = Clients(local)
    assert clients.cognito is clients.cognito
    assert clients.cognito.meta.region_name == "eu-west-3"
    assert clients.cognito.meta.endpoint_url == "http://localhost:9000"
    assert clients.dynamodb.meta.region_name == settings.aws_region
    assert clients.cognito.meta.config.read_timeout == settings.aws_read_timeout_seconds
    assert isinstance(make_user_pool(local), CognitoPool)


def test_a_new_account_has_a_role_but_no_group_and_no_password(pool: CognitoPool) -> None:
    """It is found by identity and by address, whatever its case; it can sign in later."""
    user_id = pool.create("Ada@Example.com", Role.EDITOR, invite=False)
    expected = PoolUser(
        user_id=user_id,
        email=EMAIL,
        role=Role.EDITOR,
        groups=frozenset(),
        is_enabled=True,
        has_password=False,
    )
    assert pool.find(user_id) == expected
    assert pool.find_by_email("ADA@example.com") == expected


def test_an_address_has_one_account(pool: CognitoPool) -> None:
    """The second is refused, in any case of letters."""
    pool.create(EMAIL, Role.VIEWER, invite=False)
    with pytest.raises(Taken):
        pool.create(EMAIL.upper(), Role.VIEWER, invite=True)


def test_what_is_no_address_is_refused(pool: CognitoPool) -> None:
    """The pool's word for it becomes ours; nobody is found under it."""
    with pytest.raises(PoolRefuses):
        pool.create("ada", Role.VIEWER, invite=False)
    with pytest.raises(PoolRefuses):
        pool.create("", Role.VIEWER, invite=False)
    assert pool.find_by_email("") is None


def test_a_weak_password_is_refused(pool: CognitoPool) -> None:
    """When it is set, changed, or answers a challenge."""
    user_id = add_user(pool, EMAIL)
    with pytest.raises(PasswordTooWeak):
        pool.set_password(user_id, "short")
    with pytest.raises(PasswordTooWeak):
        pool.change_password(signed_in(pool).access, PASSWORD, "short")
    pool.create("eve@example.com", Role.VIEWER, temporary_password=PASSWORD, invite=True)
    asked = pool.sign_in("eve@example.com", PASSWORD)
    assert isinstance(asked, NewPasswordNeeded)
    with pytest.raises(PasswordTooWeak):
        pool.answer_challenge("eve@example.com", asked.challenge, "short")


@pytest.mark.parametrize("role", list(Role))
def test_a_user_has_one_role_at_a_time(pool: CognitoPool, role: Role) -> None:
    """Attribute and group change together; once more changes nothing."""
    user_id = add_user(pool, EMAIL, Role.ADMIN)
    for _ in range(2):
        pool.give_role(user_id, role)
        found = pool.find(user_id)
        assert found is not None
        assert (found.role, found.groups) == (role, frozenset({role}))


def test_a_missing_group_is_named(pool: CognitoPool) -> None:
    """It is not made: who may make groups may make themselves administrators."""
    user_id = add_user(pool, EMAIL)
    pool._client.delete_group(UserPoolId=pool._app.pool_id, GroupName=Role.EDITOR)
    with pytest.raises(InternalError, match="create the group fm-web:editor"):
        pool.give_role(user_id, Role.EDITOR)


def test_foreign_roles_and_groups_are_none_of_ours(pool: CognitoPool) -> None:
    """A pool may be shared; only the app's roles are read."""
    user_id = add_user(pool, EMAIL)
    client, pool_id = pool._client, pool._app.pool_id
    client.create_group(UserPoolId=pool_id, GroupName="other:admin")
    client.admin_add_user_to_group(UserPoolId=pool_id, Username=user_id, GroupName="other:admin")
    client.admin_update_user_attributes(
        UserPoolId=pool_id,
        Username=user_id,
        UserAttributes=[{"Name": "custom:role", "Value": "other:admin"}],
    )
    found = pool.find(user_id)
    assert found is not None
    assert (found.role, found.groups) == (None, frozenset({Role.VIEWER}))


def test_every_user_is_listed_over_all_pages(pool: CognitoPool) -> None:
    """More than a page of sixty, each once, with groups."""
    made = {add_user(pool, f"user-{number}@example.com") for number in range(61)}
    listed = list(pool.every_user())
    assert len(listed) == 61
    assert {user.user_id for user in listed} == made
    assert {user.groups for user in listed} == {frozenset({Role.VIEWER})}


def test_a_user_deleted_during_the_list_is_left_out(pool: CognitoPool) -> None:
    """The page still has the user; the groups are gone."""
    ids = [add_user(pool, f"user-{number}@example.com") for number in range(2)]
    users = pool.every_user()
    first = next(users).user_id
    pool.delete(next(each for each in ids if each != first))
    assert list(users) == []


def test_a_disabled_user_does_not_sign_in(each_flow: CognitoPool) -> None:
    """Until enabled again."""
    user_id = add_user(each_flow, EMAIL)
    each_flow.disable(user_id)
    found = each_flow.find(user_id)
    assert found is not None
    assert not found.is_enabled
    with pytest.raises(LoginRefused):
        each_flow.sign_in(EMAIL, PASSWORD)
    each_flow.enable(user_id)
    assert signed_in(each_flow).seconds > 0


def test_a_deleted_user_is_gone_and_may_go_twice(pool: CognitoPool) -> None:
    """Everything else about nobody is refused."""
    user_id = add_user(pool, EMAIL)
    pool.sign_out_everywhere(user_id)
    for _ in range(2):
        pool.delete(user_id)
    assert pool.find(user_id) is None
    with pytest.raises(UserNotInPool):
        pool.give_role(user_id, Role.VIEWER)
    with pytest.raises(UserNotInPool):
        pool.set_password(user_id, PASSWORD)
    for change in (pool.enable, pool.disable, pool.sign_out_everywhere):
        with pytest.raises(UserNotInPool):
            change(user_id)


def test_the_right_password_gives_tokens(each_flow: CognitoPool) -> None:
    """By each flow, in any case of the address; they can be refreshed, and keep the refresh."""
    user_id = add_user(each_flow, EMAIL)
    tokens = signed_in(each_flow, EMAIL.upper())
    assert tokens.refresh
    newer = each_flow.refresh(tokens.refresh, user_id)
    assert newer.access != tokens.access
    assert newer.refresh is None


def test_unknown_users_and_wrong_passwords_are_one(each_flow: CognitoPool) -> None:
    """The same class with the same message."""
    add_user(each_flow, EMAIL)
    said = set[str]()
    for email in (EMAIL, "eve@example.com"):
        with pytest.raises(LoginRefused) as refused:
            each_flow.sign_in(email, "Wrong-horse-9")
        said.add(f"{type(refused.value)} {refused.value.words}")
    assert len(said) == 1


def test_a_temporary_password_asks_for_another(each_flow: CognitoPool) -> None:
    """The answer signs in, and from then on the new password is the one."""
    each_flow.create(EMAIL, Role.VIEWER, temporary_password=PASSWORD, invite=True)
    asked = each_flow.sign_in(EMAIL, PASSWORD)
    assert isinstance(asked, NewPasswordNeeded)
    assert each_flow.answer_challenge(EMAIL, asked.challenge, NEWER).access
    assert signed_in(each_flow, EMAIL, NEWER).refresh
    with pytest.raises(LoginRefused):
        each_flow.answer_challenge(EMAIL, asked.challenge, NEWER)


@pytest.mark.parametrize("challenge", ["", ":", "x", ":x", "sub-1:not-a-session-of-the-pool"])
def test_a_made_up_challenge_is_refused(pool: CognitoPool, challenge: str) -> None:
    """Whatever its form."""
    add_user(pool, EMAIL)
    with pytest.raises(LoginRefused):
        pool.answer_challenge(EMAIL, challenge, NEWER)


def test_a_made_up_refresh_token_is_refused(pool: CognitoPool) -> None:
    """As a wrong password is."""
    with pytest.raises(LoginRefused):
        pool.refresh("made-up", add_user(pool, EMAIL))


def test_a_password_is_changed_by_who_knows_it(pool: CognitoPool) -> None:
    """The old one must be right, and the token good."""
    add_user(pool, EMAIL)
    tokens = signed_in(pool)
    with pytest.raises(LoginRefused):
        pool.change_password(tokens.access, NEWER, NEWER)
    with pytest.raises(LoginRefused):
        pool.change_password("made-up", PASSWORD, NEWER)
    pool.change_password(tokens.access, PASSWORD, NEWER)
    assert signed_in(pool, EMAIL, NEWER).access


def test_a_forgotten_password_is_replaced(pool: CognitoPool) -> None:
    """With a code; for an address without an account the answer is the same, and no code good."""
    add_user(pool, EMAIL)
    for email in (EMAIL, "eve@example.com"):
        pool.send_reset_code(email)
    with pytest.raises(LoginRefused):
        pool.confirm_reset(EMAIL, "moto-confirmation-code:wrong", NEWER)
    with pytest.raises(LoginRefused):
        pool.confirm_reset("eve@example.com", "314159", NEWER)
    pool.confirm_reset(EMAIL, "314159", NEWER)
    assert signed_in(pool, EMAIL, NEWER).access
