"""What the request is about is missing or has changed: 404, 405, 409, 412, 428."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.http.envelope import Detail
from app.http.refusals.base import Refusal


@dataclass(eq=False, kw_only=True)
class NotFound(Refusal):
    status, code = 404, "not-found"
    message = "{what} does not exist"
    why = "There is no such thing, or the caller may not know of it."
    remedy = "Check the identity."

    what: str


@dataclass(eq=False, kw_only=True)
class NoSuchRoute(Refusal):
    status, code = 404, "no-such-route"
    message = "no operation has this path"
    why = "The path is unknown. A slash at the end matters."
    remedy = "Check the path against `/openapi.json`."


@dataclass(eq=False, kw_only=True)
class MethodNotAllowed(Refusal):
    status, code = 405, "method-not-allowed"
    message = "this path takes {allowed}"
    why = "The path exists, but not with this method."
    remedy = "Use a method that `Allow` lists."

    allowed: str

    def headers(self) -> Mapping[str, str]:
        return {"Allow": self.allowed}


@dataclass(eq=False, kw_only=True)
class Conflict(Refusal):
    status, code = 409, "conflict"
    message = "{reason}"
    why = "The request contradicts the present state of what it is about."
    remedy = "Read it again and decide anew."

    reason: str


@dataclass(eq=False, kw_only=True)
class AlreadyExists(Refusal):
    status, code = 409, "already-exists"
    message = "{what} exists already"
    why = "Something with this identity exists."
    remedy = "Choose another identity, or change what exists."

    what: str


@dataclass(eq=False, kw_only=True)
class Taken(Refusal):
    status, code = 409, "taken"
    message = "{field} is taken"
    why = "The value has to be unique, and something else has it."
    remedy = "Choose another value."

    field: str

    def details(self) -> Sequence[Detail]:
        return (Detail(location=f"body.{self.field}", code=self.code, message=str(self)),)


@dataclass(eq=False, kw_only=True)
class VersionConflict(Refusal):
    status, code = 409, "version-conflict"
    message = "{what} was changed by someone else"
    why = "Another request wrote it between this one's reading and writing; nothing was written."
    remedy = "Read it again, apply the change to it and send that."

    what: str


@dataclass(eq=False, kw_only=True)
class PreconditionFailed(Refusal):
    status, code = 412, "precondition-failed"
    message = "it is not in the state that If-Match names"
    why = "It was changed since the entity tag in If-Match was received; nothing was written."
    remedy = "Read it again, apply the change to it and send that with its new entity tag."


@dataclass(eq=False, kw_only=True)
class PreconditionRequired(Refusal):
    status, code = 428, "precondition-required"
    message = "this needs If-Match"
    why = "A change that could overwrite another one has to say which state it changes."
    remedy = "Read it, and send its `ETag` as `If-Match`."
