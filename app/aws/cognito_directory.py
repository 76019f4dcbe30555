"""Accounts in Cognito: made, changed and ended by an administrator's operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.accounts.pool_errors import PoolMisconfigured, UserNotInPool
from app.aws.cognito_answers import ask
from app.aws.cognito_calls import address
from app.aws.cognito_errors import Errors
from app.aws.cognito_users import ROLE_ATTRIBUTE, CognitoUsers, facts_of
from model import Role, UserId

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.type_defs import AdminCreateUserRequestTypeDef


class CognitoDirectory(CognitoUsers):
    def create(
        self, email: str, role: Role, *, temporary_password: str | None = None, invite: bool
    ) -> UserId:
        request: AdminCreateUserRequestTypeDef = {
            "UserPoolId": self._app.pool_id,
            "Username": address(email),
            "UserAttributes": [
                {"Name": "email", "Value": address(email)},
                {"Name": "email_verified", "Value": "true" if invite else "false"},
                {"Name": ROLE_ATTRIBUTE, "Value": role.value},
            ],
            "DesiredDeliveryMediums": ["EMAIL"],
        }
        if not invite:
            request["MessageAction"] = "SUPPRESS"
        if temporary_password is not None:
            request["TemporaryPassword"] = temporary_password
        made = ask(lambda: self._client.admin_create_user(**request))
        return UserId(facts_of(made["User"].get("Attributes", []))["sub"])

    def set_password(self, user_id: UserId, password: str) -> None:
        ask(
            lambda: self._client.admin_set_user_password(
                UserPoolId=self._app.pool_id, Username=user_id, Password=password, Permanent=True
            )
        )

    def give_role(self, user_id: UserId, role: Role) -> None:
        """The new group before the old ones go: a crash between leaves more, never nothing."""
        ask(
            lambda: self._client.admin_update_user_attributes(
                UserPoolId=self._app.pool_id,
                Username=user_id,
                UserAttributes=[{"Name": ROLE_ATTRIBUTE, "Value": role.value}],
            )
        )
        self._move(self._client.admin_add_user_to_group, user_id, role)
        for other in Role:
            if other is not role:
                self._move(self._client.admin_remove_user_from_group, user_id, other)

    def enable(self, user_id: UserId) -> None:
        pool_id = self._app.pool_id
        ask(lambda: self._client.admin_enable_user(UserPoolId=pool_id, Username=user_id))

    def disable(self, user_id: UserId) -> None:
        pool_id = self._app.pool_id
        ask(lambda: self._client.admin_disable_user(UserPoolId=pool_id, Username=user_id))

    def delete(self, user_id: UserId) -> None:
        pool_id = self._app.pool_id
        try:
            ask(lambda: self._client.admin_delete_user(UserPoolId=pool_id, Username=user_id))
        except UserNotInPool:
            return

    def sign_out_everywhere(self, user_id: UserId) -> None:
        pool_id = self._app.pool_id
        ask(lambda: self._client.admin_user_global_sign_out(UserPoolId=pool_id, Username=user_id))

    def _move(self, move: Callable[..., object], user_id: UserId, role: Role) -> None:
        pool_id = self._app.pool_id
        ask(
            lambda: move(UserPoolId=pool_id, Username=user_id, GroupName=role.value),
            _missing_group(role),
        )


def _missing_group(role: Role) -> Errors:
    def missing(reason: str) -> PoolMisconfigured:
        return PoolMisconfigured(reason=reason, remedy=f"create the group {role.value}")

    return {"ResourceNotFoundException": missing}
