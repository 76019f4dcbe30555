"""Making, changing, moving and deleting categories. What takes several steps is in the tree's."""

from __future__ import annotations

from fastapi import Depends, Response

from access_patterns import categories
from app import categories as tree
from app.auth.guard import Allowed
from app.clock import Now
from app.http.conditional import RequiredCondition, Writing, WritingCondition
from app.http.documented import problems
from app.http.envelope import Envelope, ok
from app.http.refusals import (
    AlreadyExists,
    Conflict,
    MalformedHeader,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Taken,
    VersionConflict,
)
from app.http.validation import invalid
from app.idempotency.once import Once
from app.routers import write_router
from app.v1.categories_schemas import (
    CategoryChange,
    CategoryIn,
    CategoryMove,
    CategoryOut,
    inner_parent,
    shown,
    tag,
)
from app.wiring import Stored
from model import Category, CategoryId, Slug
from model.ids import CategoryKey
from singletable import Repository

router = write_router("/v1/categories", "categories")

LOCKED = (NotFound, MalformedHeader, PreconditionFailed, VersionConflict)


@router.post(
    "",
    status_code=201,
    summary="A new category",
    dependencies=[Depends(Allowed("categories.create"))],
    responses=problems(AlreadyExists, Taken, Conflict),
)
def add(wanted: CategoryIn, once: Once, now: Now, response: Response) -> Envelope[CategoryOut]:
    """Creates a category below its parent, or at the top."""
    category = Category(
        category_id=wanted.category_id,
        parent_id=inner_parent(wanted.parent_id),
        position=wanted.position,
        slug=wanted.slug or _slug_of(wanted.name),
        name=wanted.name,
        created_at=now,
    )

    def answered(added: Category) -> Envelope[CategoryOut]:
        response.headers["Location"] = f"{router.prefix}/{added.category_id}"
        response.headers["ETag"] = tag(added)
        return ok(shown(added))

    return once(lambda stored: tree.add(stored, category), answered)


@router.patch(
    "/{category_id}",
    summary="Change a category",
    dependencies=[Depends(Allowed("categories.change"))],
    responses=problems(*LOCKED, PreconditionRequired, Taken),
)
def change(
    category_id: CategoryKey,
    wanted: CategoryChange,
    repository: Stored,
    condition: RequiredCondition,
) -> Envelope[CategoryOut]:
    """Another name, slug or position among the siblings; what is not given stays."""
    before = _expected(repository, category_id, condition)
    after = before.model_copy(update=wanted.model_dump(exclude_unset=True))
    changed = repository.write(categories.change(before, after))
    condition.tagged(tag(changed))
    return ok(shown(changed))


@router.post(
    "/{category_id}/move",
    summary="Move a category",
    dependencies=[Depends(Allowed("categories.move"))],
    responses=problems(*LOCKED, PreconditionRequired, Conflict),
)
def move(
    category_id: CategoryKey,
    wanted: CategoryMove,
    repository: Stored,
    condition: RequiredCondition,
    once: Once,
) -> Envelope[CategoryOut]:
    """Puts a category, with all that is below it, below another parent or at the top.

    A conflict if that is the category itself or below it, if the tree would get too deep, or
    if an ancestor of the new parent was moved at the same time.
    """
    before, parent_id = (
        _expected(repository, category_id, condition),
        inner_parent(wanted.parent_id),
    )

    def answered(moved: Category) -> Envelope[CategoryOut]:
        condition.tagged(tag(moved))
        return ok(shown(moved))

    return once(lambda stored: tree.move(stored, before, parent_id, wanted.position), answered)


@router.delete(
    "/{category_id}",
    status_code=204,
    summary="Delete a category",
    dependencies=[Depends(Allowed("categories.delete"))],
    responses=problems(*LOCKED, Conflict),
)
def delete(category_id: CategoryKey, repository: Stored, condition: WritingCondition) -> Response:
    """Deletes a category that has neither posts nor children; If-Match is optional."""
    tree.delete(repository, _expected(repository, category_id, condition))
    return Response(status_code=204)


def _expected(repository: Repository, category_id: CategoryId, condition: Writing) -> Category:
    """The category as it is now, which has to be what If-Match names."""
    category = repository.fetch(categories.by_id(category_id).consistent())
    if category is None:
        raise NotFound(what="the category")
    condition.expects(tag(category))
    return category


def _slug_of(name: str) -> Slug:
    slug = tree.slug_of(name)
    if slug is None:
        message = "has to be given: the name has no letters or digits to make one of"
        raise invalid("body.slug", "missing", message)
    return slug
