"""Authors: what everyone may know of whoever has published something."""

from __future__ import annotations

from access_patterns import posts, users
from app.core.problems import NotFound
from model import User, UserId
from singletable import Repository


def find(repository: Repository, user_id: UserId) -> User:
    """The author, who may be known as soon as a post of theirs is published.

    Raises `NotFound` alike where there is no such user.
    """
    published = repository.fetch(posts.published_by_author(user_id).page(1))
    user = repository.fetch(users.by_id(user_id)) if published.items else None
    if user is None:
        raise NotFound(what="the author")
    return user


def change(repository: Repository, user_id: UserId, name: str | None, about: str | None) -> User:
    """The user with another name or another text; None: it stays. Raises `NotFound`."""
    user = repository.fetch(users.by_id(user_id).consistent())
    if user is None:
        raise NotFound(what="the author")
    changed = user.name if name is None else name, user.about if about is None else about
    return repository.write(users.change_profile(user_id, *changed))
