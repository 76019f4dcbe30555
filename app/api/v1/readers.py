"""Who writes and about what: public profiles, edited by their users; tags of published posts."""

from __future__ import annotations

from fastapi import Depends, Response

from access_patterns import posts, tags, users
from app.api.guards.permission import Allowed, KnownCaller
from app.api.guards.routes import private_router, public_router
from app.api.kit.answers import Envelope
from app.api.kit.conditional import SharedCondition
from app.api.kit.container import RepositoryDep
from app.api.kit.openapi import problems
from app.api.kit.requests import PageOut, Paging
from app.core.context import asks
from app.core.problems import NotFound
from app.core.wire import In, Out, TypedAbout, TypedName, like
from app.services import accounts
from model import Tag, User, UserId
from model.ids import UserKey

author_reads = public_router("/v1/authors", "authors", Allowed("users.profile"))
profile_writes = private_router("/v1/profile", "authors")
tag_reads = public_router("/v1/tags", "tags", Allowed("posts.list"))


class AuthorOut(Out):
    """What everyone may know of who has published something."""

    model_config = like(User)

    user_id: UserId
    name: str
    about: str


class ProfileIn(In):
    """What readers are told of a user: what is left out stays, null empties."""

    model_config = like(User)

    name: TypedName | None = None
    about: TypedAbout | None = None


class TagOut(Out):
    """A tag, in its last spelling, and the number of published posts that have it."""

    model_config = like(Tag)

    name: str
    posts: int


@author_reads.get("/{author_id}", summary="An author")
@asks(posts.published_by_author, users.by_id)
def get_author(author_id: UserKey, repository: RepositoryDep) -> Envelope[AuthorOut]:
    """Who wrote a published post. Users who have published nothing are nobody's to know."""
    return Envelope(data=AuthorOut.model_validate(accounts.find_author(repository, author_id)))


@profile_writes.patch(
    "",
    summary="Change one's own profile",
    dependencies=[Depends(Allowed("users.change-profile"))],
    responses=problems(NotFound),
)
@asks(users.by_id, users.change_profile)
def update_own_profile(
    wanted: ProfileIn, caller: KnownCaller, repository: RepositoryDep
) -> Envelope[AuthorOut]:
    """The caller's public name and text."""
    given = {field: text or "" for field, text in wanted if field in wanted.model_fields_set}
    user = accounts.change_profile(repository, UserId(caller.subject), **given)
    return Envelope(data=AuthorOut.model_validate(user))


@tag_reads.get("", summary="The tags", response_model=Envelope[PageOut[TagOut]])
@asks(tags.in_use)
def list_tags(paging: Paging, condition: SharedCondition) -> Response:
    """The tags of published posts, by name; letter case makes no other tag."""
    return condition.answer(paging.load(tags.in_use(), TagOut.model_validate))
