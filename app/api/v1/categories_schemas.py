"""Schemas of categories. A category at the top has the parent null."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.api.kit.conditional import EntityTag
from app.core.wire import In, Out, TypedText, like
from app.services.category_tree import RESERVED, Node, new_id
from model import ROOT, Category, CategoryId, Slug
from model.ids import CategoryKey, SlugKey


def _not_reserved(category_id: CategoryId) -> CategoryId:
    if category_id in RESERVED:
        raise PydanticCustomError("reserved", "is reserved")
    return category_id


FreeId = Annotated[CategoryKey, AfterValidator(_not_reserved)]
Parent = Annotated[FreeId | None, Field(examples=["science"], description="Null: at the top.")]
Position = Annotated[
    int, Field(strict=True, ge=0, le=9999, examples=[1], description="Among its siblings.")
]
Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Physics"]), TypedText()]


class CategoryIn(In):
    """A new category. Without a slug it gets one made of its name."""

    category_id: FreeId = Field(
        default_factory=new_id, examples=["physics"], description="Made if it is not given."
    )
    parent_id: Parent = None
    position: Position = 0
    name: Name
    slug: SlugKey | None = Field(
        default=None, examples=["physics"], description="Made of the name if it is not given."
    )


class CategoryChange(In):
    """What is to be different; at least one field."""

    name: Name = Field(default_factory=str)
    slug: SlugKey = Field(default_factory=lambda: Slug(""), examples=["physics"])
    position: Position = Field(default_factory=int)

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set:
            raise PydanticCustomError("nothing-to-change", "nothing is to be changed")
        return self


class CategoryMove(In):
    """Where a category goes, with all that is below it."""

    parent_id: Parent
    position: Position = 0


class MergeIn(In):
    """The category that posts go to."""

    into: FreeId = Field(examples=["science"])


class CategoryOut(Out):
    model_config = like(Category, parent_id="science", all_posts=14)

    category_id: CategoryId
    parent_id: CategoryId | None = Field(description="Null: at the top.")
    position: int
    slug: Slug
    name: str
    created_at: datetime
    updated_at: datetime | None
    version: int


class CountedCategory(CategoryOut):
    posts: int = Field(description="Published posts.")
    all_posts: int | None = Field(
        description="Posts in every state, for those who may list them; else null."
    )
    children: int = Field(description="Categories directly below it.")


class TreeInclude(StrEnum):
    """What may be asked for beside each category of the tree."""

    COUNTS = "counts"


class CategoryNode(CategoryOut):
    depth: int = Field(description="1 at the top.")
    posts: int | None = Field(
        examples=[12], description="Published posts, if `include` asks for counts."
    )
    children: tuple[CategoryNode, ...]


def tag(category: Category, *counts: int) -> EntityTag:
    """The entity tag; the moment tells one from a later one of the same identity."""
    identity = f"{category.category_id} {category.created_at.isoformat()}"
    return EntityTag("category", identity, category.version, *counts)


def shown(category: Category) -> CategoryOut:
    return CategoryOut(**facts_of(category))


def node_shown(node: Node, posts: Mapping[CategoryId, int]) -> CategoryNode:
    """`posts`: published ones by category, as far as they are known."""
    return CategoryNode(
        **facts_of(node.category),
        depth=node.depth,
        posts=posts.get(node.category.category_id),
        children=tuple(node_shown(child, posts) for child in node.children),
    )


def facts_of(category: Category) -> dict[str, Any]:
    parent_id = None if category.parent_id == ROOT else category.parent_id
    return {**dict(category), "parent_id": parent_id}


def inner_parent(parent_id: CategoryId | None) -> CategoryId:
    """The model has a name for the top."""
    return ROOT if parent_id is None else parent_id
