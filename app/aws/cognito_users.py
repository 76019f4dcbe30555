"""Accounts in Cognito: found and listed. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.accounts.pool import PoolUser
from app.accounts.pool_errors import UserNotInPool
from app.aws.cognito_answers import ask
from app.aws.cognito_calls import CognitoCalls, address
from app.aws.cognito_errors import Errors
from model import Role, UserId

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
