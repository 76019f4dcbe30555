"""Users, groups, roles, and who is in which: an adjacency list that is read from both sides.

A container is a group or a role. As its id says which, by its first letter, no privilege is
taken for a user, whose partition begins with another one."""

from __future__ import annotations

from typing import Annotated, NewType

from singletable import IN_KEY, Entity, Query, Table, access_pattern, collection
from singletable.formats import shaped
from singletable.patterns import creates, gets, queries

UserId = NewType("UserId", str)
ContainerId = NewType("ContainerId", str)
UserInKey = Annotated[UserId, IN_KEY]
TextInKey = Annotated[str, IN_KEY]
ContainerInKey = Annotated[ContainerId, shaped(r"[GR][0-9a-z]+", example="G1"), IN_KEY]

acl = Table("data", type_attribute="type")
gsi1 = acl.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class User(Entity, table=acl, name="user"):
    """A person."""

    user_id: UserInKey
    permissions: str = "{}"

    key = acl.primary.key("U{user_id}", "U{user_id}")
    of_user = gsi1.key("U{user_id}", "U{user_id}")


class Group(Entity, table=acl, name="group"):
    """Users who may do the same."""

    group_id: TextInKey
    permissions: str = "{}"

    key = acl.primary.key("G{group_id}", "G{group_id}")


class Role(Entity, table=acl, name="role"):
    """What one may do in a role."""

    role_id: TextInKey
    permissions: str = "{}"

    key = acl.primary.key("R{role_id}", "R{role_id}")


class Privilege(Entity, table=acl, name="privilege"):
    """A user's place in a group or a role."""

    container_id: ContainerInKey
    user_id: UserInKey
    permissions: str = "{}"

    key = acl.primary.key("{container_id}", "U{user_id}")
    of_user = gsi1.key("U{user_id}", "{container_id}")


members = queries(Privilege.key, "Who is in a group or a role.")
membership = gets(Privilege.key, "Whether a user is in a group or a role.")
grant = creates(Privilege, "Puts a user into a group or a role.")


@access_pattern
def user_with_privileges(user_id: UserId) -> Query[User | Privilege]:
    """A user, and all groups and roles that they are in."""
    return collection(User.of_user, Privilege.of_user).query(user_id=user_id)


@access_pattern
def groups_of(user_id: UserId) -> Query[Privilege]:
    """The groups that a user is in, without the roles."""
    return Privilege.of_user.query(user_id=user_id).begins_with(container_id="G")
