"""Loads the demo content by access patterns alone. Every step is skipped if it was done before."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from access_patterns import categories, media, posts, registrations, users
from app.services.tag_lists import step_with_lists
from model import (
    ROOT,
    Category,
    CategoryId,
    ContentType,
    DailyView,
    DailyViewId,
    Media,
    MediaId,
    MediaStatus,
    Post,
    PostId,
    PostStatus,
    Registration,
    Revision,
    Slug,
    User,
    UserId,
)
from model.view_count import SLOTS
from scripts.bootstrap.content import (
    CATEGORIES,
    COVER,
    COVER_OBJECT,
    POSTS,
    START,
    USERS,
    DemoPost,
    DemoUser,
)
from singletable import Repository

_VIEWS_SEED = 7


class AccountDiffers(Exception):
    """An e-mail address of the demo is in the table already, under another id."""

    def __init__(self, email: str, found: UserId, wanted: UserId) -> None:
        super().__init__(
            f"{email} is user {found} in the table, and {wanted} in the user pool.\n"
            "The table was left as it is. --recreate deletes it and makes it anew."
        )


def load_demo(repository: Repository, told: Mapping[str, UserId]) -> None:
    """Users, categories, posts in every state, a revision and views.

    `told` has the ids that a user pool gave, by short name; empty: whichever are in the table.
    """
    ids = {demo.short_name: _user(repository, demo, told.get(demo.short_name)) for demo in USERS}
    for position, (category_id, name, parent) in enumerate(CATEGORIES):
        _category(repository, CategoryId(category_id), name, CategoryId(parent), position)
    for number, demo_post in enumerate(POSTS):
        _post(repository, demo_post, ids[demo_post.author], number)
    print(f"demo content: {len(USERS)} users, {len(CATEGORIES)} categories, {len(POSTS)} posts")


def _user(repository: Repository, demo: DemoUser, told: UserId | None) -> UserId:
    found = repository.fetch(users.by_email(demo.email))
    if found is None:
        return _add(repository, demo, told or UserId(demo.short_name))
    if told is not None and told != found.user_id:
        raise AccountDiffers(demo.email, found.user_id, told)
    return found.user_id


def _add(repository: Repository, demo: DemoUser, user_id: UserId) -> UserId:
    user = User(user_id=user_id, email=demo.email, name=demo.name, role=demo.role, created_at=START)
    begun = repository.fetch(registrations.by_email(demo.email))
    if begun is None:
        begun = Registration(email=demo.email, started_at=START)
        repository.write(registrations.begin(begun))
    repository.write(registrations.complete(begun, user))
    return user_id


def _category(
    repository: Repository, category_id: CategoryId, name: str, parent: CategoryId, position: int
) -> None:
    if repository.fetch(categories.by_id(category_id)) is not None:
        return
    adding = categories.create(
        Category(
            category_id=category_id,
            parent_id=parent,
            position=position,
            slug=Slug(category_id),
            name=name,
            created_at=START,
        )
    )
    joining = () if parent == ROOT else (categories.increment_children(parent),)
    repository.write(adding.add(*joining))


def _post(repository: Repository, demo: DemoPost, author: UserId, number: int) -> None:
    written_at = START + timedelta(days=number, hours=number % 9)
    post = repository.fetch(posts.by_id(PostId(demo.post_id)))
    if post is None:
        post = repository.write(posts.create(_draft(demo, author, written_at)))
        if demo.has_cover:
            post = _illustrated(repository, post)
        _views(repository, demo, number)
    _carry(repository, post, demo, written_at + timedelta(hours=2))


def _draft(demo: DemoPost, author: UserId, written_at: datetime) -> Post:
    return Post(
        post_id=PostId(demo.post_id),
        author_id=author,
        category_id=CategoryId(demo.category),
        slug=Slug(demo.slug),
        title=demo.title,
        summary=demo.summary,
        body=demo.first_body or demo.body,
        tags=list(demo.tags),
        status_since=written_at,
        created_at=written_at,
    )


def _illustrated(repository: Repository, post: Post) -> Post:
    """The picture's bytes are in the bucket that `run_cognito` makes."""
    cover = Media(
        media_id=MediaId(post.post_id),
        owner_id=post.author_id,
        name=COVER.name,
        content_type=ContentType.PNG,
        size=COVER.stat().st_size,
        object_name=COVER_OBJECT,
        status=MediaStatus.READY,
        created_at=post.created_at,
        ready_at=post.created_at,
    )
    repository.write(media.create(cover))
    after = post.model_copy(update={"cover_media_id": cover.media_id})
    return repository.write(posts.show_media(post, after))


def _carry(repository: Repository, post: Post, demo: DemoPost, now: datetime) -> None:
    """Takes a draft as far as the demo wants it; what is further already stays."""
    if post.status is PostStatus.DRAFT and post.body != demo.body:
        post = _edited(repository, post, demo, now)
    if post.status is PostStatus.DRAFT and demo.status is not PostStatus.DRAFT:
        post = repository.write(posts.submit(post, now))
    if post.status is PostStatus.IN_REVIEW and demo.status is not PostStatus.IN_REVIEW:
        publishing = posts.publish(post, now + timedelta(hours=1))
        post = repository.write(step_with_lists(publishing, post))
    if post.status is PostStatus.PUBLISHED and demo.status is PostStatus.ARCHIVED:
        repository.write(step_with_lists(posts.archive(post, now + timedelta(days=1)), post))


def _edited(repository: Repository, post: Post, demo: DemoPost, now: datetime) -> Post:
    former = Revision.from_post(post, post.author_id, now)
    after = post.model_copy(update={"body": demo.body})
    return repository.write(posts.edit(post, after, former))


def _views(repository: Repository, demo: DemoPost, number: int) -> None:
    if demo.status is PostStatus.PUBLISHED:
        chance = random.Random(_VIEWS_SEED + number)  # noqa: S311 - demo numbers
        for reader in range(chance.randrange(1, 5)):
            digest = sha256(f"{demo.post_id} {reader}".encode()).hexdigest()
            seen = DailyView(daily_view_id=DailyViewId(digest), expires_at=START)
            slot = chance.randrange(SLOTS)
            repository.write(posts.count_view(seen, PostId(demo.post_id), slot))
