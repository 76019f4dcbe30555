"""Reading categories: the whole tree, one of them, those below one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from access_patterns import categories
from app.auth.guard import Allowed
from app.categories import forest
from app.http.conditional import Reading, ReadingCondition
from app.http.documented import UNCHANGED, problems
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import InvalidCursor, NotFound
from app.routers import read_router
from app.v1.categories_schemas import (
    CategoryNode,
    CategoryOut,
    CountedCategory,
    counted,
    node_shown,
    shown,
    tag,
)
from app.wiring import Stored
from model import Category, CategoryUsage
from model.ids import CategoryKey, SlugKey
from singletable import Repository

SlugInPath = Annotated[SlugKey, Path(examples=["physics"])]

router = read_router("/v1/categories", "categories", Allowed("categories.read"))


@router.get("", summary="The tree")
def tree(repository: Stored) -> Envelope[list[CategoryNode]]:
    """The categories at the top, each with its children; siblings by position, then identity.

    A category that was moved or made this moment may not be in it yet.
    """
    return ok([node_shown(node) for node in forest(repository)])


@router.get(
    "/by-slug/{slug}",
    summary="A category by its slug",
    responses={**UNCHANGED, **problems(NotFound)},
)
def by_slug(
    slug: SlugInPath, repository: Stored, condition: ReadingCondition
) -> Envelope[CountedCategory]:
    """As by identity. A slug that was changed this moment may still be the former one."""
    return _counted(repository, repository.fetch(categories.by_slug(slug)), condition)


@router.get("/{category_id}", summary="A category", responses={**UNCHANGED, **problems(NotFound)})
def by_id(
    category_id: CategoryKey, repository: Stored, condition: ReadingCondition
) -> Envelope[CountedCategory]:
    """A category with the numbers of its posts and children.

    Its entity tag changes with both; as If-Match it locks the category alone, so a post that
    is filed meanwhile is in nobody's way.
    """
    return _counted(repository, repository.fetch(categories.by_id(category_id)), condition)


@router.get(
    "/{category_id}/children",
    summary="The children of a category",
    responses=problems(NotFound, InvalidCursor),
)
def children(
    category_id: CategoryKey, repository: Stored, paging: Paging
) -> Envelope[PageOut[CategoryOut]]:
    """The categories directly below one, by position, then identity."""
    _existing(repository.fetch(categories.by_id(category_id)))
    page = repository.fetch(categories.children(category_id).page(paging.limit, paging.cursor))
    return ok(PageOut(items=[shown(each) for each in page], next_cursor=page.cursor))


def _counted(
    repository: Repository, category: Category | None, condition: Reading
) -> Envelope[CountedCategory]:
    known = _existing(category)
    usage = repository.fetch(categories.usage(known.category_id))
    usage = usage or CategoryUsage(category_id=known.category_id)
    condition.tagged(tag(known, usage.posts, usage.children))
    return ok(counted(known, usage))


def _existing(category: Category | None) -> Category:
    if category is None:
        raise NotFound(what="the category")
    return category
