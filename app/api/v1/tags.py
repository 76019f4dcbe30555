"""Tags of published posts."""

from __future__ import annotations

from fastapi import Response
from pydantic import Field

from access_patterns import tags
from app.api.guards.permission import Allowed
from app.api.guards.routes import read_router
from app.api.kit.answers import Envelope
from app.api.kit.conditional import SharedCondition
from app.api.kit.container import RepositoryDep
from app.api.kit.openapi import UNCHANGED, problems
from app.api.kit.requests import PageOut, Paging
from app.core.asks import asks
from app.core.problems import InvalidCursor
from app.core.wire import Out

reads = read_router("/v1/tags", "tags", Allowed("posts.list"))


class TagOut(Out):
    """A tag, in its last spelling, and the number of published posts that have it."""

    name: str = Field(examples=["Python"])
    posts: int = Field(examples=[12])


@reads.get(
    "",
    summary="The tags",
    response_model=Envelope[PageOut[TagOut]],
    responses={**UNCHANGED, **problems(InvalidCursor)},
)
@asks(tags.in_use)
def list_tags(repository: RepositoryDep, paging: Paging, condition: SharedCondition) -> Response:
    """The tags of published posts, by name; letter case makes no other tag."""
    page = repository.fetch(tags.in_use().page(paging.limit, paging.cursor))
    shown = [TagOut.model_validate(tag) for tag in page]
    return condition.answer(Envelope(data=PageOut(items=shown, next_cursor=page.cursor)))
