"""Categories that are emptied into others, and merged."""

from __future__ import annotations

from fastapi import Depends

from access_patterns import categories
from app.api.guards.permission import Allowed
from app.api.guards.routes import write_router
from app.api.kit.answers import Envelope
from app.api.kit.container import NowDep, RepositoryDep
from app.api.kit.openapi import problems
from app.api.v1.categories_schemas import MergeIn, MovedOut
from app.core.asks import asks
from app.core.problems import Conflict, NotFound, invalid
from app.services import category_merge
from model import Category, CategoryId
from model.ids import CategoryKey
from singletable import Repository

writes = write_router("/v1/categories", "categories")


@writes.post(
    "/{category_id}/empty",
    summary="Move a category's posts to another one",
    dependencies=[Depends(Allowed("categories.merge"))],
    responses=problems(NotFound, Conflict),
)
@asks(*category_merge.OF_EMPTYING)
def empty_category(
    category_id: CategoryKey, wanted: MergeIn, repository: RepositoryDep, now: NowDep
) -> Envelope[MovedOut]:
    """Moves up to 100 posts, in whatever state. Repeat it until `isDone`."""
    source, target = _find_both(repository, category_id, wanted.into)
    return Envelope(
        data=MovedOut.model_validate(category_merge.empty(repository, source, target, now))
    )


@writes.post(
    "/{category_id}/merge",
    summary="Merge a category into another one",
    dependencies=[Depends(Allowed("categories.merge"))],
    responses=problems(NotFound, Conflict),
)
@asks(*category_merge.OF_MERGING)
def merge_category(
    category_id: CategoryKey, wanted: MergeIn, repository: RepositoryDep, now: NowDep
) -> Envelope[MovedOut]:
    """Moves its children and up to 100 of its posts. Repeat it until `isDone`.

    Then the category is gone, and its slugs lead to the other one.
    """
    source, target = _find_both(repository, category_id, wanted.into)
    return Envelope(
        data=MovedOut.model_validate(category_merge.merge(repository, source, target, now))
    )


def _find_both(
    repository: Repository, category_id: CategoryId, into: CategoryId
) -> tuple[Category, Category]:
    """The category, and the one that its posts go to, as they are now."""
    source = repository.fetch(categories.by_id(category_id).consistent())
    if source is None:
        raise NotFound(what="the category")
    target = repository.fetch(categories.by_id(into).consistent())
    if target is None:
        raise invalid("body.into", "unknown-category", "the category does not exist")
    return source, target
