"""Members, groups and roles are found from both sides, as it was published."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from singletable import collection
from singletable.errors import ItemExists
from tests.conftest import OpenBackend, without_moto
from tests.designs import access_control as design
from tests.designs.access_control import ContainerId, Privilege, UserId
from tests.designs.corpus import Item, load_design
from tests.designs.proofs import Asked, check_answers, check_published, put_again, raw

PUBLISHED = "11-acl"
PRIMARY, GSI1 = ("PK", "SK"), ("GSI1PK", "GSI1SK")
ALL = collection(design.User.key, design.Group.key, design.Role.key, design.Privilege.key).scan(
    because="the test reads all"
)


def user(number: str) -> Item:
    """A user, who is on the index as well."""
    key = f"U{number}"
    return raw(PK=key, SK=key, type="user", permissions="{}", GSI1PK=key, GSI1SK=key)


def container(kind: str, key: str) -> Item:
    """A group or a role."""
    return raw(PK=key, SK=key, type=kind, permissions='{"read": true}')


def privilege(key: str, user: str) -> Item:
    """A user's place in it."""
    index = raw(GSI1PK=f"U{user}", GSI1SK=key)
    return raw(PK=key, SK=f"U{user}", type="privilege", permissions="{}") | index


ITEMS = [
    user("7"),
    user("77"),
    container("group", "G2"),
    container("group", "G25"),
    container("role", "R2"),
    privilege("G2", "7"),
    privilege("G2", "77"),
    privilege("G25", "7"),
    privilege("R2", "7"),
]


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    seven, g2, r2 = UserId("7"), ContainerId("G2"), ContainerId("R2")
    asked = {
        "AP1": Asked(
            design.members(container_id=g2), PRIMARY, "G2", lambda text: text.startswith("U")
        ),
        "AP2": Asked(design.user_with_privileges(seven), GSI1, "U7"),
        "AP3": Asked(design.groups_of(seven), GSI1, "U7", lambda text: text.startswith("G")),
        "AP4": Asked(
            design.membership(container_id=r2, user_id=seven),
            PRIMARY,
            "R2",
            lambda text: text == "U7",
        ),
    }
    check_answers(open_backend(design.acl), ITEMS, asked)


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    one = UserId("1")
    asked = {
        "AP1": design.members(container_id=ContainerId("G1")),
        "AP2": design.user_with_privileges(one),
        "AP3": design.groups_of(one),
        "AP4": design.membership(container_id=ContainerId("R1"), user_id=one),
    }
    check_published(open_backend(design.acl), load_design(PUBLISHED), asked)


@without_moto
def test_published_items_stay_as_they_are(open_backend: OpenBackend) -> None:
    assert put_again(open_backend(design.acl), load_design(PUBLISHED).items, ALL) == {}


def test_no_privilege_can_have_the_key_of_a_user() -> None:
    with pytest.raises(ValidationError):
        Privilege(container_id=ContainerId("U7"), user_id=UserId("7"))


@without_moto
def test_a_privilege_is_granted_once(open_backend: OpenBackend) -> None:
    backend = open_backend(design.acl)
    new = Privilege(container_id=ContainerId("G25"), user_id=UserId("7"))
    backend.repository.write(design.grant(new))
    assert backend.items() == [privilege("G25", "7")]
    with pytest.raises(ItemExists):
        backend.repository.write(design.grant(new))
