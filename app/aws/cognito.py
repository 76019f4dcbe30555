"""The user pool in Cognito: finds, lists and changes accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from app.aws.clients import Clients
from app.aws.cognito_calls import AppClient, CognitoCalls, Errors, address, ask, misconfigured
from app.aws.cognito_sign_in import CognitoPasswords, CognitoSignIn
from app.core.settings.fields import Settings
from app.services.accounts.pool import PoolUser, UserNotInPool
from model import Role, UserId

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.type_defs import AdminCreateUserRequestTypeDef


ROLE_ATTRIBUTE = "custom:role"


_TEMPORARY = "FORCE_CHANGE_PASSWORD"


# What cannot be a user's name is none.
_NO_NAME: Errors = {"InvalidParameterException": UserNotInPool}


_ROLES = {role.value: role for role in Role}


class CognitoUsers(CognitoCalls):
    def find(self, user_id: UserId) -> PoolUser | None:
        return self._named(user_id)

    def find_by_email(self, email: str) -> PoolUser | None:
        """The address is a name of the user; a list by address would lag behind."""
        return self._named(address(email))

    def every_user(self) -> Iterator[PoolUser]:
        pages = self._client.get_paginator("list_users").paginate(UserPoolId=self._app.pool_id)
        for page in _each(pages):
            for user in page["Users"]:
                found = self._with_groups(user, user.get("Attributes", []))
                if found is not None:
                    yield found

    def _named(self, username: str) -> PoolUser | None:
        pool_id = self._app.pool_id
        try:
            user = ask(
                lambda: self._client.admin_get_user(UserPoolId=pool_id, Username=username),
                _NO_NAME,
            )
        except UserNotInPool:
            return None
        return self._with_groups(user, user.get("UserAttributes", []))

    def _with_groups(
        self, user: Mapping[str, Any], attributes: Iterable[Mapping[str, Any]]
    ) -> PoolUser | None:
        """None if the user was deleted meanwhile."""
        facts = facts_of(attributes)
        try:
            groups = frozenset(self._groups(facts["sub"]))
        except UserNotInPool:
            return None
        return PoolUser(
            user_id=UserId(facts["sub"]),
            email=address(facts.get("email", "")),
            role=_ROLES.get(facts.get(ROLE_ATTRIBUTE, "")),
            groups=groups,
            is_enabled=user["Enabled"],
            has_password=user["UserStatus"] != _TEMPORARY,
        )

    def _groups(self, username: str) -> Iterator[Role]:
        paginator = self._client.get_paginator("admin_list_groups_for_user")
        pages = paginator.paginate(UserPoolId=self._app.pool_id, Username=username)
        for page in _each(pages):
            for group in page["Groups"]:
                role = _ROLES.get(group.get("GroupName", ""))
                if role is not None:
                    yield role


def _each(pages: Iterable[Any]) -> Iterator[Any]:
    """The pages; what fails is asking for one, not using it."""
    waiting = iter(pages)
    while (page := ask(lambda: next(waiting, None))) is not None:
        yield page


def facts_of(attributes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A user's attributes by name."""
    return {each["Name"]: each.get("Value", "") for each in attributes}


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
    return {"ResourceNotFoundException": misconfigured(f"create the group {role.value}")}


class CognitoPool(CognitoDirectory, CognitoSignIn, CognitoPasswords):
    """Raises `Problem`s, never botocore's."""


def make_user_pool(settings: Settings, clients: Clients | None = None) -> CognitoPool | None:
    """The configured pool; None where there is none. Sends nothing yet."""
    if not settings.cognito_user_pool_id:
        return None
    return CognitoPool((clients or Clients(settings)).cognito, AppClient.of(settings))
