"""Authors: what everyone may know of whoever has published something."""

from __future__ import annotations

from access_patterns import posts, users
from app.core.errors import DomainError
from model import User, UserId
from singletable import Repository


class AuthorMissing(DomainError):
    """No such user, or none who has published anything: nobody is told which."""

    message = "the author does not exist"


def find(repository: Repository, user_id: UserId) -> User:
    """The author, who may be known as soon as a post of theirs is published."""
    published = repository.fetch(posts.published_by_author(user_id).page(1))
    user = repository.fetch(users.by_id(user_id)) if published.items else None
    if user is None:
        raise AuthorMissing
    return user


def change(repository: Repository, user_id: UserId, name: str | None, about: str | None) -> User:
    """The user with another name or another text; None: it stays. Raises `AuthorMissing`."""
    user = repository.fetch(users.by_id(user_id).consistent())
    if user is None:
        raise AuthorMissing
    changed = user.name if name is None else name, user.about if about is None else about
    return repository.write(users.change_profile(user_id, *changed))
