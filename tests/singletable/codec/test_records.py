"""Models and dataclasses as M: names, absence, recursion, refusals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import AliasPath, BaseModel, ConfigDict, Field, RootModel

from singletable.codec import compile_coder
from singletable.errors.declaration import UnsupportedAnnotation
from singletable.errors.request import UnstorableValue
from tests.singletable.raises import raises


class Author(BaseModel):
    name: str = Field(alias="n")
    email: str | None = "none@example.org"
    tags: set[str] = set()
    seen: int = Field(default=0, serialization_alias="s", validation_alias="v")


class ByName(BaseModel):
    model_config = ConfigDict(populate_by_name=True, extra="forbid")
    title: str = Field(alias="t")


class Node(BaseModel):
    name: str
    children: list[Node] = []
    parent: Node | None = None


class Root(RootModel[list[int]]):
    pass


class Extra(BaseModel):
    model_config = ConfigDict(extra="allow")


class Excluding(BaseModel):
    secret: str = Field(exclude=True)


class PathOnly(BaseModel):
    x: str = Field(validation_alias=AliasPath("a", 1))


class Clash(BaseModel):
    x: str = Field(serialization_alias="y")
    y: str


class Waiting(BaseModel):
    x: NotYet  # noqa: F821


class Deep(BaseModel):
    inner: list[int | float]


class SpecialAuthor(Author):
    extra: str


@dataclass
class Point:
    x: int
    y: int | None = 5


@dataclass
class Computed:
    x: int = field(init=False)


def test_a_model_is_stored_under_its_serialization_names_and_loads_for_validation() -> None:
    """Stored names are serialization aliases; the dict has the names that validation takes."""
    coder = compile_coder(Author, "Post.author")
    author = Author(n="Ann", email=None, tags=set(), v=3)
    assert coder.encode(author) == {"M": {"n": {"S": "Ann"}, "s": {"N": "3"}}}
    loaded = coder.decode({"M": {"n": {"S": "Ann"}, "s": {"N": "3"}, "old": {"S": "?"}}})
    assert loaded == {"n": "Ann", "email": None, "tags": set(), "v": 3}
    assert Author.model_validate(loaded) == author


def test_validation_by_name_loads_field_names_and_forbidden_extras_are_malformed() -> None:
    """populate_by_name gives field names; extra='forbid' makes an unknown name malformed."""
    coder = compile_coder(ByName, "Post.x")
    assert coder.encode(ByName(title="a")) == {"M": {"t": {"S": "a"}}}
    assert coder.decode({"M": {"t": {"S": "a"}}}) == {"title": "a"}
    with pytest.raises(ValueError, match="unknown"):
        coder.decode({"M": {"t": {"S": "a"}, "u": {"S": "b"}}})


def test_a_missing_required_field_is_left_to_validation() -> None:
    """What is not stored and may not be absent is left out, for the model to judge."""
    assert compile_coder(ByName, "Post.x").decode({"M": {}}) == {}


def test_two_loads_share_no_empty_set() -> None:
    """An absent set loads as a set of its own."""
    coder = compile_coder(Author, "Post.author")
    one, other = coder.decode({"M": {}}), coder.decode({"M": {}})
    assert one["tags"] is not other["tags"]


def test_a_model_may_contain_itself() -> None:
    """A self-referencing model goes out and comes back; faults name the whole path."""
    coder = compile_coder(Node, "T.node")
    tree = Node(name="a", children=[Node(name="b", parent=Node(name="c")), Node(name="d")])
    wire = coder.encode(tree)
    assert wire is not None
    assert Node.model_validate(coder.decode(wire)) == tree
    tree.children[0] = Node.model_construct(name=7)
    with raises(UnstorableValue, where="T.node.children[0].name", value=7, reason="is no str"):
        coder.encode(tree)
    tree.children = [tree]
    with raises(UnstorableValue, reason="nested deeper"):
        coder.encode(tree)


def test_a_dataclass_round_trips_by_field_name() -> None:
    """A standard dataclass loads as a dict of its fields; None is kept over a default."""
    coder = compile_coder(Point, "T.p")
    assert coder.encode(Point(1, None)) == {"M": {"x": {"N": "1"}}}
    assert Point(**coder.decode({"M": {"x": {"N": "1"}}})) == Point(1, None)


def test_faults_name_fields() -> None:
    """Paths use the names of the declaration."""
    coder = compile_coder(dict[str, Author], "Post.by")
    with pytest.raises(ValueError, match=r'^Post\.by\["a"\]\.name: found \'N\' \'1\''):
        coder.decode({"M": {"a": {"M": {"n": {"N": "1"}}}}})


@pytest.mark.parametrize("value", [SpecialAuthor(n="a", extra="x"), {"n": "a"}, "a"])
def test_only_the_declared_class_is_stored(value: Any) -> None:
    """A subclass is refused: what it adds would be lost."""
    with raises(UnstorableValue, where="T.x", value=value, reason="is no Author"):
        compile_coder(Author, "T.x").encode(value)


def test_an_unset_field_is_refused() -> None:
    """A model built without validation that lacks a field is refused, not half stored."""
    with raises(UnstorableValue, where="T.x.title"):
        compile_coder(ByName, "T.x").encode(ByName.model_construct())


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (Root, "is a RootModel"),
        (Extra, "extra fields"),
        (Excluding, "excludes its field secret"),
        (PathOnly, "takes its field x by AliasPath"),
        (Clash, "two fields under one name"),
        (Waiting, "is not complete"),
        (Computed, "computes its field x"),
    ],
)
def test_unsupported_records(kind: Any, reason: str) -> None:
    """A record that could not come back is refused with the reason."""
    with raises(UnsupportedAnnotation, where="T.x", declared=reason):
        compile_coder(kind, "T.x")


def test_an_unsupported_part_of_a_record_is_named_by_its_path() -> None:
    """The model's field, and the place within it."""
    with raises(UnsupportedAnnotation, where="T.x.inner[]", declared="int | float"):
        compile_coder(Deep, "T.x")
