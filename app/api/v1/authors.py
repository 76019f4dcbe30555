"""Authors: public profiles, each edited by its own user."""

from __future__ import annotations

from fastapi import Depends

from access_patterns import posts, users
from app.api.guards.permission import Allowed, KnownCaller
from app.api.guards.routes import read_router, write_router
from app.api.kit.answers import Envelope
from app.api.kit.container import RepositoryDep
from app.api.kit.openapi import problems
from app.api.v1.authors_schemas import AuthorOut, ProfileIn
from app.core.asks import asks
from app.core.problems import NotFound
from app.services import authors
from model import UserId
from model.ids import UserKey

reads = read_router("/v1/authors", "authors", Allowed("users.profile"))


writes = write_router("/v1/profile", "authors")


@reads.get("/{author_id}", summary="An author", responses=problems(NotFound))
@asks(posts.published_by_author, users.by_id)
def get_author(author_id: UserKey, repository: RepositoryDep) -> Envelope[AuthorOut]:
    """Who wrote a published post. Users who have published nothing are nobody's to know."""
    return Envelope(data=AuthorOut.model_validate(authors.find(repository, author_id)))


@writes.patch(
    "",
    summary="Change one's own profile",
    dependencies=[Depends(Allowed("users.change-profile"))],
    responses=problems(NotFound),
)
@asks(users.by_id, users.change_profile)
def update_own_profile(
    wanted: ProfileIn, caller: KnownCaller, repository: RepositoryDep
) -> Envelope[AuthorOut]:
    """The caller's public name and text; what is left out stays."""
    user = authors.change(repository, UserId(caller.subject), wanted.name, wanted.about)
    return Envelope(data=AuthorOut.model_validate(user))
