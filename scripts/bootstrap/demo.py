"""Loads the demo content by access patterns alone. Every step is skipped if it was done before."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from access_patterns import categories, posts, sessions, users
from model import (
    ROOT,
    Category,
    CategoryId,
    Post,
    PostId,
    PostStatus,
    Revision,
    Session,
    SessionId,
    Slug,
    User,
    UserId,
)
from model.view_count import SLOTS
from scripts.bootstrap.content import CATEGORIES, POSTS, START, USERS, DemoPost
from singletable import Repository

_SESSION_DAYS = 7
_VIEWS_SEED = 7


def load_demo(repository: Repository) -> None:
    """Users, categories, posts in every state, a revision, views and sessions."""
    for user_id, name, role in USERS:
        _user(
            repository,
            User(
                user_id=UserId(user_id),
                email=f"{user_id}@example.com",
                name=name,
                role=role,
                created_at=START,
            ),
        )
    for position, (category_id, name, parent) in enumerate(CATEGORIES):
        _category(repository, CategoryId(category_id), name, CategoryId(parent), position)
    for number, demo in enumerate(POSTS):
        _post(repository, demo, number)
    print(f"demo content: {len(USERS)} users, {len(CATEGORIES)} categories, {len(POSTS)} posts")


def _user(repository: Repository, user: User) -> None:
    if repository.fetch(users.by_id(user.user_id)) is None:
        repository.write(users.add(user))
    session_id = SessionId(f"demo-{user.user_id}")
    if repository.fetch(sessions.by_id(session_id)) is None:
        now = datetime.now(START.tzinfo)
        lasting = timedelta(days=_SESSION_DAYS)
        repository.write(
            sessions.start(
                Session(
                    session_id=session_id,
                    user_id=user.user_id,
                    user_agent="demo",
                    opened_at=now,
                    expires_at=now + lasting,
                )
            )
        )


def _category(
    repository: Repository, category_id: CategoryId, name: str, parent: CategoryId, position: int
) -> None:
    if repository.fetch(categories.by_id(category_id)) is not None:
        return
    adding = categories.add(
        Category(
            category_id=category_id,
            parent_id=parent,
            position=position,
            slug=Slug(category_id),
            name=name,
            created_at=START,
        )
    )
    joining = () if parent == ROOT else (categories.join_parent(parent),)
    repository.write(adding.also(*joining))


def _post(repository: Repository, demo: DemoPost, number: int) -> None:
    written_at = START + timedelta(days=number, hours=number % 9)
    post = repository.fetch(posts.by_id(PostId(demo.post_id)))
    if post is None:
        post = repository.write(posts.write(_draft(demo, written_at)))
        _views(repository, demo, number)
    _carry(repository, post, demo, written_at + timedelta(hours=2))


def _draft(demo: DemoPost, written_at: datetime) -> Post:
    return Post(
        post_id=PostId(demo.post_id),
        author_id=UserId(demo.author),
        category_id=CategoryId(demo.category),
        slug=Slug(demo.slug),
        title=demo.title,
        summary=demo.summary,
        body=demo.first_body or demo.body,
        tags=list(demo.tags),
        status_since=written_at,
        created_at=written_at,
    )


def _carry(repository: Repository, post: Post, demo: DemoPost, now: datetime) -> None:
    """Takes a draft as far as the demo wants it; what is further already stays."""
    if post.status is PostStatus.DRAFT and post.body != demo.body:
        post = _edited(repository, post, demo, now)
    if post.status is PostStatus.DRAFT and demo.status is not PostStatus.DRAFT:
        post = repository.write(posts.submit(post, now))
    if post.status is PostStatus.IN_REVIEW and demo.status is not PostStatus.IN_REVIEW:
        post = repository.write(posts.publish(post, now + timedelta(hours=1)))
    if post.status is PostStatus.PUBLISHED and demo.status is PostStatus.ARCHIVED:
        repository.write(posts.archive(post, now + timedelta(days=1)))


def _edited(repository: Repository, post: Post, demo: DemoPost, now: datetime) -> Post:
    former = Revision.of(post, post.author_id, now)
    after = post.model_copy(update={"body": demo.body})
    return repository.write(posts.edit(post, after, former))


def _views(repository: Repository, demo: DemoPost, number: int) -> None:
    if demo.status is PostStatus.PUBLISHED:
        chance = random.Random(_VIEWS_SEED + number)  # noqa: S311 - demo numbers
        for _ in range(chance.randrange(3, 12)):
            slot = chance.randrange(SLOTS)
            repository.write(posts.count_view(PostId(demo.post_id), slot))
