"""The registry of problems: every failure that a client may see, and the errors that carry it.

A class with a `code` of its own is a type of problem. A class below one adds what code catches or
words of its own; raised anywhere, it reaches clients, and the reports of imports, in those words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import get_annotations
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

from app.core.details import CODES, Detail, Param, detail, detail_of
from singletable import Label

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, eq_default=False)
class _Fields(Exception):
    example: ClassVar[Mapping[str, Any]] = {}
    """The fields of the one that documents show: a class says it of those that it adds."""

    def __init_subclass__(cls, **example: Any) -> None:
        cls.example = {**cls.example, **example}
        if get_annotations(cls):
            dataclass(eq=False, kw_only=True)(cls)


class Problem(_Fields):
    """`message` is a format string over the fields, `why` says when it occurs, `remedy` what the
    client can do about it. `cause` is for logs alone.
    """

    status: ClassVar[int]
    code: ClassVar[str]
    message: ClassVar[str]
    why: ClassVar[str]
    remedy: ClassVar[str]

    cause: str = ""

    @property
    def words(self) -> str:
        """The message for the client."""
        return self.message.format_map(vars(self))

    def __str__(self) -> str:
        return f"{self.words} ({self.cause})" if self.cause else self.words

    def details(self) -> Sequence[Detail]:
        """What is wrong in particular, if there is more than one thing to say."""
        return ()

    def headers(self) -> Mapping[str, str]:
        """Headers that the status asks for."""
        return {}


def problem_types() -> list[type[Problem]]:
    """Every type of problem, by status and code."""
    return sorted(_types_below(Problem), key=lambda each: (each.status, each.code))


def _types_below(cls: type[Problem]) -> Iterator[type[Problem]]:
    for each in cls.__subclasses__():
        if "code" in vars(each):
            yield each
        yield from _types_below(each)


class _Unauthenticated(Problem):
    status = 401
    challenge: ClassVar[str] = 'Bearer error="invalid_token"'

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": self.challenge}


class CredentialsMissing(_Unauthenticated):
    code, message = "credentials-missing", "this needs credentials"
    why = "The request carries no credentials, and the operation is not open to everyone."
    remedy = "Log in, and send `Authorization: Bearer <token>`."
    challenge = "Bearer"


class CredentialsWrong(_Unauthenticated):
    code, message = "credentials-wrong", "the credentials are not valid"
    why = "The credentials are unknown, expired, or of a kind that is not accepted here."
    remedy = "Log in again."


class SessionEnded(_Unauthenticated):
    code, message = "session-ended", "the session is not open"
    why = "The token is authentic, but its session was ended, has expired, or was never opened."
    remedy = "Log in again; with a token of the user pool itself, `POST /v1/sessions` first."


class LoginRefused(_Unauthenticated):
    """One for whatever is wrong with an account: it must not tell who has one."""

    code, message = "login-refused", "e-mail, password or code are not right"
    why = "Unknown user, wrong password, disabled account, or a stale token or challenge."
    remedy = "Check both, or have the password reset."
    challenge = "Bearer"


class Forbidden(Problem, action="posts.publish"):
    status, code, message = 403, "forbidden", "not allowed: {action}"
    why = "The caller is known, and may not do this."
    remedy = "Ask someone whose role allows it."
    action: str


class ForeignOrigin(Problem):
    status, code = 403, "foreign-origin"
    message = "pages of this origin may not write with cookies"
    why = (
        "The request relies on cookies or sets them, and comes from a page of neither the API's own"
        " origin nor one in `ALLOWED_ORIGINS`, or does not say from where."
    )
    remedy = "Send it from such a page, or send `Authorization: Bearer <token>` instead of cookies."


class _Later(Problem):
    """`seconds`: until it may succeed."""

    seconds: int = 1

    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)}


class TooManyRequests(_Later):
    status, code = 429, "too-many-requests"
    message = "too many requests: try again in {seconds} s"
    why = (
        "This caller, this source, or all sources together at this account, made as many requests"
        " or attempts in the last minute as are allowed. This one was not carried out."
    )
    remedy = "Try again after the seconds in `Retry-After`."


class MalformedKey(Problem):
    status, code = 400, "malformed-idempotency-key"
    message = "the Idempotency-Key is not one line of 8 to 128 visible ASCII characters"
    why = "An Idempotency-Key is too short, too long, sent twice, or has other characters."
    remedy = "Send a UUID, bare or in quotes, a new one for each thing to be done."


class InProgress(_Later):
    status, code = 409, "idempotency-in-progress"
    message = "a request with this Idempotency-Key is under way"
    why = "The first request with this Idempotency-Key has not been answered yet."
    remedy = "Repeat it unchanged after the seconds in `Retry-After`."


class KeyReused(Problem):
    status, code = 422, "idempotency-key-reused"
    message = "this Idempotency-Key belongs to another request"
    why = "The Idempotency-Key came before, with another body, query, type or If-Match."
    remedy = "Repeat a request exactly as it was, and send another one with a new key."


class AnswerTooLarge(Problem):
    status, code = 422, "idempotency-answer-too-large"
    message = "the answer would be too large to be kept under an Idempotency-Key"
    why = "The answer has more than 300 kB when it is compressed; nothing was written."
    remedy = "Send it without an Idempotency-Key, or send less."


class InternalError(Problem):
    status, code, message = 500, "internal-error", "something went wrong on our side"
    why = "A fault of the app or of its configuration; it was logged under the trace id."
    remedy = "Report the trace id."


class Busy(_Later):
    status, code, message = 503, "busy", "too much is going on at once"
    why = "The store was contended or throttled through all attempts; nothing was written."
    remedy = "Try again after the seconds in `Retry-After`."


class Unavailable(Problem):
    status, code, message = 503, "unavailable", "a service behind the app did not answer"
    why = "The store could not be reached. A write may have been carried out."
    remedy = "Read before you write again."


class NotReady(Problem, missing=["the table is missing"]):
    status, code, message = 503, "not-ready", "the app is not ready"
    why = "Something the app needs is missing; only `GET /ready` answers so."
    remedy = "Repair what `details` names."
    missing: Sequence[str]

    def details(self) -> Sequence[Detail]:
        return [detail("ready", self.code, each) for each in self.missing]


class NotConfigured(Problem, settings="S3_BUCKET"):
    """`settings`: the names of those that are empty."""

    status, code = 503, "not-configured"
    message = "this stage cannot do it: {settings} not set"
    why = "The operation needs a service that this stage was not given."
    remedy = "Have the settings that the message names set."
    settings: str


class NotFound(Problem, what="the post"):
    status, code, message = 404, "not-found", "{what} does not exist"
    why = "There is no such thing, or the caller may not know of it."
    remedy = "Check the identity."
    what: str


def require_found(item: T | None, what: str) -> T:
    """The item. Raises `NotFound` if there is none."""
    if item is None:
        raise NotFound(what=what)
    return item


class NoSuchRoute(Problem):
    status, code, message = 404, "no-such-route", "no operation has this path"
    why = "The path is unknown. A slash at the end matters."
    remedy = "Check the path against `/openapi.json`."


class MethodNotAllowed(Problem, allowed="GET, HEAD"):
    status, code, message = 405, "method-not-allowed", "this path takes {allowed}"
    why = "The path exists, but not with this method."
    remedy = "Use a method that `Allow` lists."
    allowed: str

    def headers(self) -> Mapping[str, str]:
        return {"Allow": self.allowed}


class Conflict(Problem, slug="not-reviewed"):
    """`slug`: a code of details; `reason`: in place of what it means; `location`: of what was
    sent, if the state is not that of the path."""

    status, code, message = 409, "conflict", "{reason}"
    why = "The request contradicts the present state of what it is about; `details` says how."
    remedy = "Read it again and decide anew."
    slug: str = "refused"
    reason: str = ""
    location: str = "path"

    @classmethod
    def of(cls, label: Label) -> Self:
        """In the words of the pattern that would have refused it."""
        return cls(slug=label.name, reason=label.message)

    @property
    def words(self) -> str:
        return self.reason or CODES[self.slug]

    def details(self) -> Sequence[Detail]:
        return [detail(self.location, self.slug, self.words)]


class AlreadyExists(Problem, what="Category"):
    """Of a category: clients choose no other identities."""

    status, code, message = 409, "already-exists", "{what} exists already"
    why = "Something with this identity exists."
    remedy = "Choose another identity, or change what exists."
    what: str

    def details(self) -> Sequence[Detail]:
        return [detail("body.categoryId", self.code, self.words)]


class Taken(Problem, field="slug"):
    """`location`: where the value comes from, if it was not sent itself."""

    status, code, message = 409, "taken", "{field} is taken"
    why = "The value has to be unique, and something else has it."
    remedy = "Choose another value."
    field: str
    location: str = ""

    def details(self) -> Sequence[Detail]:
        return [detail(self.location or f"body.{self.field}", self.code, self.words)]


class VersionConflict(Problem, what="Post"):
    status, code, message = 409, "version-conflict", "{what} was changed by someone else"
    why = "Another request wrote it between this one's reading and writing; nothing was written."
    remedy = "Read it again, apply the change to it and send that."
    what: str


class PreconditionFailed(Problem):
    status, code = 412, "precondition-failed"
    message = "it is not in the state that If-Match names"
    why = "It was changed since the entity tag in If-Match was received; nothing was written."
    remedy = "Read it again, apply the change to it and send that with its new entity tag."


class PreconditionRequired(Problem):
    status, code, message = 428, "precondition-required", "this needs If-Match"
    why = "A change that could overwrite another one has to say which state it changes."
    remedy = "Read it, and send its `ETag` as `If-Match`."


class MalformedBody(Problem, reason="it cannot be read"):
    status, code, message = 400, "malformed-body", "this is not JSON in UTF-8: {reason}"
    why = "The body is not UTF-8 or JSON, too deep, names a member twice, or holds NaN."
    remedy = "Send JSON as RFC 8259 has it."
    reason: str


class MalformedHeader(Problem, header="If-Match"):
    status, code, message = 400, "malformed-header", "{header} cannot be understood"
    why = "A header that decides about a write is not of the form its standard demands."
    remedy = "Send the entity tag exactly as it was received, with its quotes."
    header: str


class InvalidCursor(Problem):
    status, code, message = 400, "invalid-cursor", "the cursor does not belong to this list"
    why = "A cursor was edited, cut, or belongs to another list or other filters."
    remedy = "Start again from the first page."


class TooLarge(Problem, limit=1_048_576):
    status, code, message = 413, "too-large", "the body is larger than {limit} bytes"
    why = "The body is larger than the app takes."
    remedy = "Send less; upload files through a presigned URL."
    limit: int


class UnsupportedMediaType(Problem):
    status, code = 415, "unsupported-media-type"
    message = "the body has to be application/json"
    why = "The body is declared as something else than JSON, or as nothing."
    remedy = "Send `Content-Type: application/json`."


class Unprocessable(Problem, wrong=[detail("body.title", "too-long", max=200)]):
    """`count` is more than the `wrong` ones that are shown, if there are many."""

    status, code, message = 422, "unprocessable", "{count} invalid value(s)"
    why = "The request can be read, but a value is missing, unknown or not allowed."
    remedy = "Correct what `details` names."
    wrong: Sequence[Detail]
    count: int = 1

    def details(self) -> Sequence[Detail]:
        return self.wrong


MOST_DETAILS = 20


def unprocessable(findings: Sequence[Mapping[str, Any]]) -> Unprocessable:
    """Of pydantic's findings, the first ones."""
    wrong = [detail_of(finding) for finding in findings[:MOST_DETAILS]]
    return Unprocessable(wrong=wrong, count=len(findings))


def invalid(location: str, code: str, message: str = "", **params: Param) -> Unprocessable:
    """One value that is not allowed."""
    return Unprocessable(wrong=[detail(location, code, message, **params)])
