"""Every failure that a client may see, as a class: status, code, message.

Raise one in a route; `answers` turns it into the envelope, `catalogue` into the docs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from app.core.errors import DomainError
from app.core.wire import CODES, Detail


@dataclass(eq=False, kw_only=True)
class Problem(DomainError):
    """`why` says when it occurs and `remedy` what the client can do about it."""

    status: ClassVar[int]
    code: ClassVar[str]
    why: ClassVar[str]
    remedy: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        CODES.update({cls.code} if hasattr(cls, "code") else ())

    def details(self) -> Sequence[Detail]:
        """What is wrong in particular, if there is more than one thing to say."""
        return ()

    def headers(self) -> Mapping[str, str]:
        """Headers that the status asks for."""
        return {}


@dataclass(eq=False, kw_only=True)
class CredentialsMissing(Problem):
    status, code = 401, "credentials-missing"
    message = "this needs credentials"
    why = "The request carries no credentials, and the operation is not open to everyone."
    remedy = "Log in, and send `Authorization: Bearer <token>`."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


@dataclass(eq=False, kw_only=True)
class CredentialsWrong(Problem):
    status, code = 401, "credentials-wrong"
    message = "the credentials are not valid"
    why = "The credentials are unknown, expired, or of a kind that is not accepted here."
    remedy = "Log in again."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(eq=False, kw_only=True)
class SessionEnded(Problem):
    status, code = 401, "session-ended"
    message = "the session is not open"
    why = "The token is authentic, but its session was ended, has expired, or was never opened."
    remedy = "Log in again; with a token of the user pool itself, `POST /v1/sessions` first."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(eq=False, kw_only=True)
class LoginRefused(Problem):
    status, code = 401, "login-refused"
    message = "e-mail, password or code are not right"
    why = "Unknown user, wrong password, disabled account, or a stale token or challenge."
    remedy = "Check both, or have the password reset."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


@dataclass(eq=False, kw_only=True)
class Forbidden(Problem):
    status, code = 403, "forbidden"
    message = "not allowed: {action}"
    why = "The caller is known, and may not do this."
    remedy = "Ask someone whose role allows it."

    action: str


@dataclass(eq=False, kw_only=True)
class ForeignOrigin(Problem):
    status, code = 403, "foreign-origin"
    message = "pages of this origin may not write with cookies"
    why = (
        "The request relies on cookies or sets them, and comes from a page of neither the API's own"
        " origin nor one in `ALLOWED_ORIGINS`, or does not say from where."
    )
    remedy = "Send it from such a page, or send `Authorization: Bearer <token>` instead of cookies."


@dataclass(eq=False, kw_only=True)
class TooManyRequests(Problem):
    """`seconds`: until one more would be let in."""

    status, code = 429, "too-many-requests"
    message = "too many requests: try again in {seconds} s"
    why = (
        "This caller, this source, or all sources together at this account, made as many requests"
        " or attempts in the last minute as are allowed. This one was not carried out."
    )
    remedy = "Try again after the seconds in `Retry-After`."

    seconds: int

    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)}


@dataclass(eq=False, kw_only=True)
class MalformedKey(Problem):
    status, code = 400, "malformed-idempotency-key"
    message = "the Idempotency-Key is not one line of 8 to 128 visible ASCII characters"
    why = "An Idempotency-Key is too short, too long, sent twice, or has other characters."
    remedy = "Send a UUID, bare or in quotes, a new one for each thing to be done."


@dataclass(eq=False, kw_only=True)
class InProgress(Problem):
    status, code = 409, "idempotency-in-progress"
    message = "a request with this Idempotency-Key is under way"
    why = "The first request with this Idempotency-Key has not been answered yet."
    remedy = "Repeat it unchanged after the seconds in `Retry-After`."

    seconds: int = 1

    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)}


@dataclass(eq=False, kw_only=True)
class KeyReused(Problem):
    status, code = 422, "idempotency-key-reused"
    message = "this Idempotency-Key belongs to another request"
    why = "The Idempotency-Key came before, with another body, query, type or If-Match."
    remedy = "Repeat a request exactly as it was, and send another one with a new key."


@dataclass(eq=False, kw_only=True)
class AnswerTooLarge(Problem):
    status, code = 422, "idempotency-answer-too-large"
    message = "the answer would be too large to be kept under an Idempotency-Key"
    why = "The answer has more than 300 kB when it is compressed; nothing was written."
    remedy = "Send it without an Idempotency-Key, or send less."


@dataclass(eq=False, kw_only=True)
class InternalError(Problem):
    status, code = 500, "internal-error"
    message = "something went wrong on our side"
    why = "A fault of the app or of its configuration; it was logged under the trace id."
    remedy = "Report the trace id."


@dataclass(eq=False, kw_only=True)
class Busy(Problem):
    status, code = 503, "busy"
    message = "too much is going on at once"
    why = "The store was contended or throttled through all attempts; nothing was written."
    remedy = "Try again after the seconds in `Retry-After`."

    seconds: int = 1

    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)}


@dataclass(eq=False, kw_only=True)
class Unavailable(Problem):
    status, code = 503, "unavailable"
    message = "a service behind the app did not answer"
    why = "The store could not be reached. A write may have been carried out."
    remedy = "Read before you write again."


@dataclass(eq=False, kw_only=True)
class NotReady(Problem):
    status, code = 503, "not-ready"
    message = "the app is not ready"
    why = "Something the app needs is missing; only `GET /ready` answers so."
    remedy = "Repair what `details` names."

    missing: Sequence[str]

    def details(self) -> Sequence[Detail]:
        return tuple(
            Detail(location="ready", code=self.code, message=problem) for problem in self.missing
        )


@dataclass(eq=False, kw_only=True)
class NotConfigured(Problem):
    """`settings`: the names of those that are empty."""

    status, code = 503, "not-configured"
    message = "this stage cannot do it: {settings} not set"
    why = "The operation needs a service that this stage was not given."
    remedy = "Have the settings that the message names set."

    settings: str


@dataclass(eq=False, kw_only=True)
class NotFound(Problem):
    status, code = 404, "not-found"
    message = "{what} does not exist"
    why = "There is no such thing, or the caller may not know of it."
    remedy = "Check the identity."

    what: str


@dataclass(eq=False, kw_only=True)
class NoSuchRoute(Problem):
    status, code = 404, "no-such-route"
    message = "no operation has this path"
    why = "The path is unknown. A slash at the end matters."
    remedy = "Check the path against `/openapi.json`."


@dataclass(eq=False, kw_only=True)
class MethodNotAllowed(Problem):
    status, code = 405, "method-not-allowed"
    message = "this path takes {allowed}"
    why = "The path exists, but not with this method."
    remedy = "Use a method that `Allow` lists."

    allowed: str

    def headers(self) -> Mapping[str, str]:
        return {"Allow": self.allowed}


@dataclass(eq=False, kw_only=True)
class Conflict(Problem):
    status, code = 409, "conflict"
    message = "{reason}"
    why = "The request contradicts the present state of what it is about."
    remedy = "Read it again and decide anew."

    reason: str


@dataclass(eq=False, kw_only=True)
class AlreadyExists(Problem):
    status, code = 409, "already-exists"
    message = "{what} exists already"
    why = "Something with this identity exists."
    remedy = "Choose another identity, or change what exists."

    what: str


@dataclass(eq=False, kw_only=True)
class Taken(Problem):
    status, code = 409, "taken"
    message = "{field} is taken"
    why = "The value has to be unique, and something else has it."
    remedy = "Choose another value."

    field: str

    def details(self) -> Sequence[Detail]:
        return (Detail(location=f"body.{self.field}", code=self.code, message=str(self)),)


@dataclass(eq=False, kw_only=True)
class VersionConflict(Problem):
    status, code = 409, "version-conflict"
    message = "{what} was changed by someone else"
    why = "Another request wrote it between this one's reading and writing; nothing was written."
    remedy = "Read it again, apply the change to it and send that."

    what: str


@dataclass(eq=False, kw_only=True)
class PreconditionFailed(Problem):
    status, code = 412, "precondition-failed"
    message = "it is not in the state that If-Match names"
    why = "It was changed since the entity tag in If-Match was received; nothing was written."
    remedy = "Read it again, apply the change to it and send that with its new entity tag."


@dataclass(eq=False, kw_only=True)
class PreconditionRequired(Problem):
    status, code = 428, "precondition-required"
    message = "this needs If-Match"
    why = "A change that could overwrite another one has to say which state it changes."
    remedy = "Read it, and send its `ETag` as `If-Match`."


@dataclass(eq=False, kw_only=True)
class MalformedBody(Problem):
    status, code = 400, "malformed-body"
    message = "the body is not JSON in UTF-8: {reason}"
    why = "The body is not UTF-8 or JSON, too deep, names a member twice, or holds NaN."
    remedy = "Send JSON as RFC 8259 has it."

    reason: str


@dataclass(eq=False, kw_only=True)
class MalformedHeader(Problem):
    status, code = 400, "malformed-header"
    message = "{header} cannot be understood"
    why = "A header that decides about a write is not of the form its standard demands."
    remedy = "Send the entity tag exactly as it was received, with its quotes."

    header: str


@dataclass(eq=False, kw_only=True)
class InvalidCursor(Problem):
    status, code = 400, "invalid-cursor"
    message = "the cursor does not belong to this list"
    why = "A cursor was edited, cut, or belongs to another list or other filters."
    remedy = "Start again from the first page."


@dataclass(eq=False, kw_only=True)
class TooLarge(Problem):
    status, code = 413, "too-large"
    message = "the body is larger than {limit} bytes"
    why = "The body is larger than the app takes."
    remedy = "Send less; upload files through a presigned URL."

    limit: int


@dataclass(eq=False, kw_only=True)
class UnsupportedMediaType(Problem):
    status, code = 415, "unsupported-media-type"
    message = "the body has to be application/json"
    why = "The body is declared as something else than JSON, or as nothing."
    remedy = "Send `Content-Type: application/json`."


@dataclass(eq=False, kw_only=True)
class Unprocessable(Problem):
    status, code = 422, "unprocessable"
    message = "the request has {count} invalid value(s)"
    why = "The request can be read, but a value is missing, unknown or not allowed."
    remedy = "Correct what `details` names."

    wrong: Sequence[Detail]
    count: int = 0

    def __post_init__(self) -> None:
        self.count = self.count or len(self.wrong)

    def details(self) -> Sequence[Detail]:
        return self.wrong


MOST_DETAILS = 20


LONGEST_LOCATION = 200


def unprocessable(findings: Sequence[Mapping[str, Any]]) -> Unprocessable:
    """Of pydantic's findings, the first ones."""
    return Unprocessable(
        wrong=[_detail(finding) for finding in findings[:MOST_DETAILS]], count=len(findings)
    )


def invalid(location: str, code: str, message: str) -> Unprocessable:
    """One value that is not allowed."""
    return Unprocessable(wrong=[Detail(location=location, code=code, message=message)])


def _detail(finding: Mapping[str, Any]) -> Detail:
    location = ".".join(str(part) for part in finding["loc"])
    return Detail(
        location=location[:LONGEST_LOCATION],
        code=finding["type"],
        message=finding["msg"],
    )
