"""Errors of DynamoDB, and of the way to it."""

from __future__ import annotations

from collections.abc import Mapping

from singletable.errors.base import Written
from singletable.errors.request import RequestError
from singletable.records import record

_ANY: tuple[Written, ...] = ("no", "yes", "unknown")


@record(eq=False, frozen=False, kw_only=True)
class Contended(RequestError):
    slug = "contended"
    message = "{operation}: other writers held the same items through {attempts} attempts"
    why = "Other transactions kept writing the same items."
    remedy = "Try again later; if it is frequent, spread the writes over more items."
    outcomes = _ANY

    operation: str
    attempts: int


@record(eq=False, frozen=False, kw_only=True)
class Unprocessed(RequestError):
    """`keys`: the primary keys that were not read, as text."""

    slug = "unprocessed"
    message = "{operation}: DynamoDB left {left} of {asked} keys unprocessed, e.g. {first}"
    why = "Throughput was exceeded: in several rounds of a batch no key was processed."
    remedy = "Try again later, with fewer keys at once."

    operation: str
    asked: int
    keys: tuple[str, ...]

    def __str__(self) -> str:
        shown = {"left": len(self.keys), "first": next(iter(self.keys), "")}
        return self.message.format_map({**self.facts(), **shown})


@record(eq=False, frozen=False, kw_only=True)
class BatchUnfinished(RequestError):
    """`unwritten` and `uncertain` have the items' keys as text, by the position of the write in the
    batch; all others were written."""

    slug = "batch-unfinished"
    message = "{done} of {asked} writes were carried out, {left} were not{perhaps}{first}: {reason}"
    why = "Throughput was exceeded for too long, or a request of a batch failed between others."
    remedy = "Write the batch again, whole or what is left: that does no harm."
    outcomes = _ANY

    asked: int
    unwritten: Mapping[int, str]
    uncertain: Mapping[int, str]
    reason: str

    def __str__(self) -> str:
        unwritten, uncertain = len(self.unwritten), len(self.uncertain)
        keys = [*self.unwritten.values(), *self.uncertain.values()]
        shown = {
            "done": self.asked - unwritten - uncertain,
            "left": unwritten,
            "perhaps": f", {uncertain} perhaps" if uncertain else "",
            "first": f", e.g. {keys[0]}" if keys else "",
        }
        return self.message.format_map({**self.facts(), **shown})


@record(eq=False, frozen=False, kw_only=True)
class ServiceError(RequestError):
    """A failure of DynamoDB, or on the way to it; `code` is the service's own."""

    slug = "service-error"
    message = "{operation}: {code}: {detail}"
    why = "DynamoDB refused a request for a reason the engine does not know."
    remedy = "See the code and the detail."
    outcomes = _ANY

    operation: str
    code: str
    detail: str


class TableMissing(ServiceError):
    slug = "table-missing"
    message = "{operation}: the table does not exist: {detail}"
    why = "The table name, the region or the endpoint is wrong, or the table was not created."
    remedy = "Create it, as `singletable table` describes it, or correct the settings."


class IndexMissing(ServiceError):
    slug = "index-missing"
    message = "{operation}: the table lacks the index: {detail}"
    why = "The table was created from an older declaration."
    remedy = "Add the index to the table; locally, run the bootstrap with `--recreate`."


class AccessRefused(ServiceError):
    slug = "access-refused"
    message = "{operation}: {code}: {detail}"
    why = "Credentials are missing, wrong or expired, or the policy does not allow the request."
    remedy = "Check the credentials, the region and the IAM policy."


class TokenReused(ServiceError):
    slug = "token-reused"
    message = "{operation}: its token was used for another transaction within ten minutes"
    why = "A transaction's token came back with other contents; stamps differ at every repetition."
    remedy = "Use a token for one transaction only; repeat entities that carry their own moments."


class Throttled(ServiceError):
    slug = "throttled"
    why = "Throughput was exceeded through all attempts."
    remedy = "Try again later; spread the load over more partition keys."


class ServiceUnavailable(ServiceError):
    slug = "service-unavailable"
    why = "The service could not be reached, timed out or failed through all attempts."
    remedy = "Try again later; check the endpoint. Of a write, see first whether it was written."
