"""Every method of the pool with the first request it sends, and the secrets it is given."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import SecretStr

from app.aws.cognito import AppClient, CognitoPool
from app.core.settings import SignInFlow
from model import Role, UserId

POOL_ID, CLIENT_ID = "us-east-1_pool1", "client1"
SECRET = "secret-of-the-app-client-1"
USER = UserId("sub-1")
EMAIL = "ada@example.com"
OLD, NEW, CODE = "Old-password-1", "New-password-2", "code-314159"
ACCESS, REFRESH, SESSION = "access.token.x", "refresh.token.y", "session-of-twenty-letters-z"

SECRETS = (SECRET, EMAIL, OLD, NEW, CODE, ACCESS, REFRESH, SESSION)

Call = Callable[[CognitoPool], object]

CALLS: dict[str, tuple[str, Call]] = {
    "create": (
        "admin_create_user",
        lambda pool: pool.create(EMAIL, Role.VIEWER, temporary_password=OLD, invite=True),
    ),
    "set_password": ("admin_set_user_password", lambda pool: pool.set_password(USER, NEW)),
    "give_role": (
        "admin_update_user_attributes",
        lambda pool: pool.give_role(USER, Role.EDITOR),
    ),
    "enable": ("admin_enable_user", lambda pool: pool.enable(USER)),
    "disable": ("admin_disable_user", lambda pool: pool.disable(USER)),
    "delete": ("admin_delete_user", lambda pool: pool.delete(USER)),
    "sign_out_everywhere": (
        "admin_user_global_sign_out",
        lambda pool: pool.sign_out_everywhere(USER),
    ),
    "find": ("admin_get_user", lambda pool: pool.find(USER)),
    "find_by_email": ("admin_get_user", lambda pool: pool.find_by_email(EMAIL)),
    "every_user": ("list_users", lambda pool: list(pool.every_user())),
    "sign_in": ("admin_initiate_auth", lambda pool: pool.sign_in(EMAIL, OLD)),
    "answer_challenge": (
        "admin_respond_to_auth_challenge",
        lambda pool: pool.answer_challenge(EMAIL, f"{USER}:{SESSION}", NEW),
    ),
    "refresh": ("initiate_auth", lambda pool: pool.refresh(REFRESH, USER)),
    "revoke": ("revoke_token", lambda pool: pool.revoke(REFRESH)),
    "change_password": ("change_password", lambda pool: pool.change_password(ACCESS, OLD, NEW)),
    "send_reset_code": ("forgot_password", lambda pool: pool.send_reset_code(EMAIL)),
    "confirm_reset": (
        "confirm_forgot_password",
        lambda pool: pool.confirm_reset(EMAIL, CODE, NEW),
    ),
}


def app_client(flow: SignInFlow = "ADMIN_USER_PASSWORD_AUTH") -> AppClient:
    return AppClient(POOL_ID, CLIENT_ID, secret=SecretStr(SECRET), flow=flow)
