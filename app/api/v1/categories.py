"""Categories: reading the tree, and creating, changing, moving, merging and deleting them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Path, Query, Request, Response

from access_patterns import categories
from app.api.guards.permission import Allowed, PermissionDep
from app.api.guards.routes import private_router, public_router
from app.api.kit.answers import Envelope
from app.api.kit.conditional import (
    Reading,
    ReadingCondition,
    RequiredCondition,
    SharedCondition,
    Writing,
    WritingCondition,
)
from app.api.kit.container import NowDep, RepositoryDep
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import MOVED, carrying, problems
from app.api.kit.requests import PageOut, Paging, Separated
from app.api.v1 import categories_schemas as schemas
from app.core.context import asks
from app.core.problems import AlreadyExists, Conflict, Taken, invalid, require_found
from app.services import category_tree
from app.services.category_tree import MovedOut, forest
from app.services.policy import Permission, Resource
from model import Category, CategoryId, PostStatus, Slug
from model.ids import CategoryKey, SlugKey
from model.slugs import slug_of
from singletable import Repository

reads = public_router("/v1/categories", "categories", Allowed("categories.read"))
writes = private_router("/v1/categories", "categories")


@reads.get("", summary="The tree", response_model=Envelope[list[schemas.CategoryNode]])
@asks(categories.tree, categories.published_counts)
def list_categories(
    repository: RepositoryDep,
    condition: SharedCondition,
    include: Annotated[
        list[schemas.TreeInclude] | None,
        Separated,
        Query(description="What is to stand beside each category."),
    ] = None,
) -> Response:
    """The categories at the top, each with its children; siblings by position, then identity.

    A category that was moved or made this moment may not be in it yet.
    """
    nodes = forest(repository)
    posts = category_tree.published_posts(repository, nodes) if include else dict[CategoryId, int]()
    return condition.answer(Envelope(data=[schemas.node_shown(node, posts) for node in nodes]))


@reads.get(
    "/by-slug/{slug}",
    summary="A category by its slug",
    response_model=Envelope[schemas.CountedCategory],
    responses=MOVED,
)
@asks(categories.by_slug, categories.by_id, categories.usage, categories.published_count)
def get_category_by_slug(
    slug: Annotated[SlugKey, Path(examples=["physics"])],
    request: Request,
    repository: RepositoryDep,
    may: PermissionDep,
    condition: ReadingCondition,
) -> Envelope[schemas.CountedCategory] | Response:
    """As by identity; from another spelling or a former slug the way leads to the present one."""
    category = require_found(category_tree.by_slug(repository, slug), "the category")
    if category.slug != request.path_params["slug"]:
        location = f"{reads.prefix}/by-slug/{quote(category.slug)}"
        return Response(status_code=308, headers={"Location": location})
    return _counted(repository, category, may, condition)


@reads.get("/{category_id}", summary="A category")
@asks(categories.by_id, categories.usage, categories.published_count)
def get_category(
    category_id: CategoryKey,
    repository: RepositoryDep,
    may: PermissionDep,
    condition: ReadingCondition,
) -> Envelope[schemas.CountedCategory]:
    """A category with the numbers of its posts and children.

    Its entity tag changes with these; as If-Match it locks the category alone, so a post that
    is filed meanwhile is in nobody's way.
    """
    category = require_found(repository.fetch(categories.by_id(category_id)), "the category")
    return _counted(repository, category, may, condition)


@reads.get(
    "/{category_id}/children",
    summary="The children of a category",
    response_model=Envelope[PageOut[schemas.CategoryOut]],
)
@asks(categories.by_id, categories.children)
def list_child_categories(
    category_id: CategoryKey, repository: RepositoryDep, paging: Paging, condition: SharedCondition
) -> Response:
    """The categories directly below one, by position, then identity."""
    require_found(repository.fetch(categories.by_id(category_id)), "the category")
    return condition.answer(paging.load(categories.children(category_id), schemas.shown))


def _counted(
    repository: Repository, category: Category, may: Permission, condition: Reading
) -> Envelope[schemas.CountedCategory]:
    """How many posts are no readers' yet is told to those alone who may list them."""
    usage = repository.fetch(categories.usage(category.category_id))
    published = repository.fetch(categories.published_count(category.category_id))
    sees_all = may.visible_statuses(Resource("post")) == frozenset(PostStatus)
    out = schemas.CountedCategory(
        **schemas.facts_of(category),
        posts=published.posts if published else 0,
        all_posts=(usage.posts if usage else 0) if sees_all else None,
        children=usage.children if usage else 0,
    )
    condition.send_tag(schemas.tag(category, out.posts, out.children, out.all_posts or 0))
    return Envelope(data=out)


def _stored(repository: Repository, category_id: CategoryId) -> Category:
    """As it is now."""
    return require_found(
        repository.fetch(categories.by_id(category_id).consistent()), "the category"
    )


@writes.post(
    "",
    status_code=201,
    summary="A new category",
    dependencies=[Depends(Allowed("categories.create"))],
    responses={201: carrying("ETag", "Location"), **problems(AlreadyExists, Taken, Conflict)},
)
@asks(categories.by_id, categories.create, categories.increment_children)
def create_category(
    wanted: schemas.CategoryIn, once: Idempotent, now: NowDep, response: Response
) -> Envelope[schemas.CategoryOut]:
    """Creates a category below its parent, or at the top."""
    category = Category(
        category_id=wanted.category_id,
        parent_id=schemas.inner_parent(wanted.parent_id),
        position=wanted.position,
        slug=wanted.slug or Slug(slug_of(wanted.name) or wanted.category_id),
        name=wanted.name,
        created_at=now,
    )

    def answered(added: Category) -> Envelope[schemas.CategoryOut]:
        response.headers["Location"] = f"{writes.prefix}/{added.category_id}"
        response.headers["ETag"] = schemas.tag(added)
        return Envelope(data=schemas.shown(added))

    return once(lambda stored: category_tree.add(stored, category), answered)


@writes.patch(
    "/{category_id}",
    summary="Change a category",
    dependencies=[Depends(Allowed("categories.change"))],
    responses=problems(Taken),
)
@asks(categories.by_id, categories.change, categories.change_slug)
def update_category(
    category_id: CategoryKey,
    wanted: schemas.CategoryChange,
    repository: RepositoryDep,
    condition: RequiredCondition,
) -> Envelope[schemas.CategoryOut]:
    """Another name, slug or position among the siblings; what is not given stays."""
    before = _expected(repository, category_id, condition)
    after = before.model_copy(update=wanted.model_dump(exclude_unset=True))
    return _changed(category_tree.change(repository, before, after), condition)


@writes.post(
    "/{category_id}/move",
    summary="Move a category",
    dependencies=[Depends(Allowed("categories.move"))],
    responses=problems(Conflict),
)
@asks(
    categories.by_id,
    categories.tree,
    categories.change,
    categories.move,
    categories.check_parent,
    categories.increment_children,
    categories.decrement_children,
)
def move_category(
    category_id: CategoryKey,
    wanted: schemas.CategoryMove,
    repository: RepositoryDep,
    condition: RequiredCondition,
    once: Idempotent,
) -> Envelope[schemas.CategoryOut]:
    """Puts a category, with all that is below it, below another parent or at the top.

    A conflict if that is the category itself or below it, if the tree would get too deep, or
    if an ancestor of the new parent was moved at the same time.
    """
    before = _expected(repository, category_id, condition)
    parent_id = schemas.inner_parent(wanted.parent_id)
    return once(
        lambda stored: category_tree.move(stored, before, parent_id, wanted.position),
        lambda moved: _changed(moved, condition),
    )


@writes.delete(
    "/{category_id}",
    status_code=204,
    summary="Delete a category",
    dependencies=[Depends(Allowed("categories.delete"))],
    responses=problems(Conflict),
)
@asks(categories.by_id, categories.delete, categories.release_slug, categories.decrement_children)
def delete_category(
    category_id: CategoryKey, repository: RepositoryDep, condition: WritingCondition
) -> Response:
    """Deletes a category that has neither posts nor children; If-Match is optional."""
    category_tree.delete(repository, _expected(repository, category_id, condition))
    return Response(status_code=204)


def _changed(category: Category, condition: Writing) -> Envelope[schemas.CategoryOut]:
    condition.send_tag(schemas.tag(category))
    return Envelope(data=schemas.shown(category))


def _expected(repository: Repository, category_id: CategoryId, condition: Writing) -> Category:
    """The category as it is now, which has to be what If-Match names."""
    category = _stored(repository, category_id)
    condition.expects(schemas.tag(category))
    return category


@writes.post(
    "/{category_id}/empty",
    summary="Move a category's posts to another one",
    dependencies=[Depends(Allowed("categories.merge"))],
    responses=problems(Conflict),
)
@asks(*category_tree.OF_EMPTYING)
def empty_category(
    category_id: CategoryKey, wanted: schemas.MergeIn, repository: RepositoryDep, now: NowDep
) -> Envelope[MovedOut]:
    """Moves up to 100 posts, in whatever state. Repeat it until `isDone`."""
    source, target = _find_both(repository, category_id, wanted.into)
    return Envelope(data=category_tree.empty(repository, source, target, now))


@writes.post(
    "/{category_id}/merge",
    summary="Merge a category into another one",
    dependencies=[Depends(Allowed("categories.merge"))],
    responses=problems(Conflict),
)
@asks(*category_tree.OF_MERGING)
def merge_category(
    category_id: CategoryKey, wanted: schemas.MergeIn, repository: RepositoryDep, now: NowDep
) -> Envelope[MovedOut]:
    """Moves up to 100 of its children and posts, children first. Repeat it until `isDone`.

    Then the category is gone, and its slugs lead to the other one.
    """
    source, target = _find_both(repository, category_id, wanted.into)
    return Envelope(data=category_tree.merge(repository, source, target, now))


def _find_both(
    repository: Repository, category_id: CategoryId, into: CategoryId
) -> tuple[Category, Category]:
    """The category, and the one that its posts go to, as they are now."""
    source = _stored(repository, category_id)
    target = repository.fetch(categories.by_id(into).consistent())
    if target is None:
        raise invalid("body.into", "unknown-category")
    return source, target
