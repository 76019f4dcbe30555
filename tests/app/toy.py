"""A resource to try the frame on: notes in a dictionary, and a route that raises what is asked."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response
from pydantic import Field

from app.api.guards.permission import Allowed, KnownCaller, OptionalCaller
from app.api.guards.routes import private_router, public_router
from app.api.kit.answers import Envelope
from app.api.kit.conditional import EntityTag, ReadingCondition, RequiredCondition, WritingCondition
from app.api.kit.openapi import problems
from app.api.kit.requests import PageOut, Paging
from app.core.problems import NotFound, PreconditionFailed, PreconditionRequired
from app.core.wire import In, Out

USE = "notes.use"
reads = public_router("/v1/notes", "notes", Allowed(USE))
writes = private_router("/v1/notes", "notes", Allowed(USE))
raised: list[Exception] = []


class NoteIn(In):
    note_title: Annotated[str, Field(min_length=1, max_length=20)]
    password: Annotated[str, Field(min_length=8)] = "long enough"
    weight: float = 1.0


class NoteOut(Out):
    note_title: str
    seen_by: str | None = None


@reads.get("")
def list_notes(paging: Paging) -> Envelope[PageOut[NoteOut]]:
    """All notes."""
    items = [NoteOut(note_title=f"after {paging.cursor}")] * paging.limit
    return Envelope(data=PageOut(items=items, next_cursor="next"))


@reads.get("/{note_id}", responses=problems(NotFound))
def get_note(
    note_id: str, condition: ReadingCondition, caller: OptionalCaller
) -> Envelope[NoteOut]:
    """One note; version 3 of it."""
    if note_id == "none":
        raise NotFound(what="note none")
    condition.send_tag(EntityTag("note", note_id, 3))
    return Envelope(data=NoteOut(note_title="read", seen_by=caller.subject if caller else None))


@writes.post("", status_code=201)
def create_note(note: NoteIn, caller: KnownCaller) -> Envelope[NoteOut]:
    """A new note."""
    return Envelope(data=NoteOut(note_title=note.note_title, seen_by=caller.subject))


@writes.put("/{note_id}", responses=problems(PreconditionFailed, PreconditionRequired))
def replace_note(note_id: str, note: NoteIn, condition: RequiredCondition) -> Envelope[NoteOut]:
    """A changed note; its version is 3 before."""
    condition.expects(EntityTag("note", note_id, 3))
    condition.send_tag(EntityTag("note", note_id, 4))
    return Envelope(data=NoteOut(note_title=note.note_title))


@writes.patch("/{note_id}")
def fail_note(note_id: str, condition: WritingCondition) -> Envelope[NoteOut]:
    """Raises what the test wants."""
    raise raised.pop()


@writes.delete("/{note_id}", status_code=204)
def delete_note(note_id: str, condition: WritingCondition) -> Response:
    """No note."""
    condition.expects(EntityTag("note", note_id, 3))
    return Response(status_code=204)
