"""Repositories, issues, pull requests and subscriptions, laid out as ElectroDB does it.

ElectroDB writes keys in lower case and attributes as they are: `Lowered` is a format that says so.
Every item has its entity in `__edb_e__`, which is the type attribute of this table, and a version
of its model. Keys have `#` for no value, so the delimiter of the table is another sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AliasGenerator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from singletable import (
    Entity,
    Patch,
    Query,
    Table,
    Update,
    access_pattern,
    attr,
    collection,
    update,
)
from singletable.formats import Format

hub = Table("electro", partition_key="pk", sort_key="sk", delimiter="$", type_attribute="__edb_e__")
primary = hub.primary
gsi1, gsi2, gsi3, gsi4 = (
    hub.global_index(f"gsi{n}pk-gsi{n}sk-index", partition_key=f"gsi{n}pk", sort_key=f"gsi{n}sk")
    for n in (1, 2, 3, 4)
)

SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.:+")


@dataclass(frozen=True, kw_only=True)
class Lowered(Format):
    """A text as it is, which stands in keys in lower case."""

    name: str = "lowered"
    alphabet: frozenset[str] | None = SIGNS

    def encode(self, value: object) -> str:
        if not isinstance(value, str) or not value or not SIGNS.issuperset(value.lower()):
            raise ValueError(f"is no text of {''.join(sorted(SIGNS))}")
        return value.lower()

    def decode(self, text: str) -> str:
        return text

    def example(self, field: str) -> str:
        return "kim"


@dataclass(frozen=True, kw_only=True)
class OrNone(Lowered):
    """The same, or the sign for no value."""

    name: str = "lowered or #"
    alphabet: frozenset[str] | None = SIGNS | {"#"}
    pattern: str | None = r"#|[^#]+"

    def encode(self, value: object) -> str:
        return "#" if value == "#" else super().encode(value)


Text = Annotated[str, Lowered()]
TextOrNone = Annotated[str, OrNone()]


class Status(StrEnum):
    OPEN = "0"
    CLOSED = "1"


CAMEL = AliasGenerator(serialization_alias=to_camel)


class Review(BaseModel):
    """What a reviewer says."""

    model_config = ConfigDict(alias_generator=CAMEL)

    approved: bool
    updated_at: str


class Stored(Entity):
    """What ElectroDB adds to every item, and how it calls attributes."""

    model_config = ConfigDict(alias_generator=CAMEL)

    model_version: Literal["1"] = Field(default="1", serialization_alias="__edb_v__")
    created_at: Text
    updated_at: Text


class User(Stored, table=hub, name="user"):
    """Who has repositories and writes issues."""

    username: Text
    full_name: str
    followers: frozenset[str] = frozenset()

    key = primary.key("$version-control#username_{username}", "$overview#user_1")
    owned = gsi1.key("$version-control#username_{username}", "$owned#user_1")
    watching = gsi3.key("$version-control#username_{username}", "$watching#user_1")


class Repository(Stored, table=hub, name="Repository"):
    """A repository; `username` is its owner once more."""

    repo_owner: Text
    repo_name: Text
    username: Text
    is_private: bool
    default_branch: str = "main"
    followers: frozenset[str] = frozenset()

    key = primary.key(
        "$version-control#repoowner_{repo_owner}", "$alerts#repository_1#reponame_{repo_name}"
    )
    owned = gsi1.key(
        "$version-control#username_{username}",
        "$owned#repository_1#isprivate_{is_private}#createdat_{created_at}",
    )


class Ticket(Stored):
    """What issues and pull requests have in common; `ticket_number` is their number once more."""

    repo_owner: Text
    repo_name: Text
    username: Text
    ticket_number: Text
    status: Status = Status.OPEN


class Issue(Ticket, table=hub, name="issue"):
    """An issue of a repository."""

    issue_number: Text
    ticket_type: Literal["Issue"] = "Issue"
    subject: str

    key = primary.key(
        "$version-control#repoowner_{repo_owner}#reponame_{repo_name}#issuenumber_{issue_number}",
        "$issuereview#issue_1",
    )
    owned = gsi1.key(
        "$version-control#username_{username}",
        "$owned#managed#issue_1#status_{status}#createdat_{created_at}",
    )
    todos = gsi2.key(
        "$version-control#repoowner_{repo_owner}#reponame_{repo_name}",
        "$activity#issue_1#status_{status}#createdat_{created_at}",
    )
    subscribed = gsi4.key(
        "$version-control#repoowner_{repo_owner}#reponame_{repo_name}#ticketnumber_{ticket_number}",
        "$subscribers#issue_1",
    )


class PullRequest(Ticket, table=hub, name="pull-request"):
    """A pull request of a repository."""

    pull_request_number: Text
    ticket_type: Literal["PullRequest"] = "PullRequest"
    reviewers: Mapping[str, Review] = Field(
        default_factory=dict, examples=[{"kim": {"approved": False, "updated_at": "2020"}}]
    )

    key = primary.key(
        "$version-control#repoowner_{repo_owner}#reponame_{repo_name}"
        "#pullrequestnumber_{pull_request_number}",
        "$prreview#pull-request_1",
    )
    owned = gsi1.key(
        "$version-control#username_{username}",
        "$owned#managed#pull-request_1#status_{status}#createdat_{created_at}",
    )
    enhancements = gsi2.key(
        "$version-control#repoowner_{repo_owner}#reponame_{repo_name}",
        "$activity#pull-request_1#status_{status}#createdat_{created_at}",
    )
    subscribed = gsi4.key(
        "$version-control#repoowner_{repo_owner}#reponame_{repo_name}#ticketnumber_{ticket_number}",
        "$subscribers#pull-request_1",
    )


class Comment(Stored):
    """What all comments have in common; `reply_viewed` is when who it replies to has read it."""

    repo_owner: Text
    repo_name: Text
    comment_id: Text
    username: Text
    reply_to: Text
    reply_viewed: TextOrNone = "#"
    body: str


class IssueComment(Comment, table=hub, name="issue-comment"):
    """A comment on an issue."""

    issue_number: Text

    key = primary.key(
        "$version-control#repoowner_{repo_owner}#reponame_{repo_name}#issuenumber_{issue_number}",
        "$issuereview#issue-comment_1#commentid_{comment_id}",
    )
    conversations = gsi1.key(
        "$version-control#username_{username}",
        "$conversations#issue-comment_1#repoowner_{repo_owner}#reponame_{repo_name}"
        "#issuenumber_{issue_number}",
    )
    replies = gsi2.key(
        "$version-control#replyto_{reply_to}",
        "$inbox#issue-comment_1#updatedat_{updated_at}#replyviewed_{reply_viewed}",
    )


class PullRequestComment(Comment, table=hub, name="pull-request-comment"):
    """A comment on a pull request."""

    pull_request_number: Text

    key = primary.key(
        "$version-control#repoowner_{repo_owner}#reponame_{repo_name}"
        "#pullrequestnumber_{pull_request_number}",
        "$prreview#pull-request-comment_1#commentid_{comment_id}",
    )
    conversations = gsi1.key(
        "$version-control#username_{username}",
        "$conversations#pull-request-comment_1#repoowner_{repo_owner}#reponame_{repo_name}",
    )
    replies = gsi2.key(
        "$version-control#replyto_{reply_to}",
        "$inbox#pull-request-comment_1#updatedat_{updated_at}#replyviewed_{reply_viewed}",
    )


class Subscription(Stored, table=hub, name="subscription"):
    """Who watches a ticket.

    Who watches a whole repository has `#` for type and number. As `#` also stands behind the type
    in the key, no format may have it there: such items cannot be declared.
    """

    repo_owner: Text
    repo_name: Text
    username: Text
    ticket_type: Text
    ticket_number: Text

    key = primary.key(
        "$version-control#repoowner_{repo_owner}#reponame_{repo_name}",
        "$subscription_1#username_{username}#tickettype_{ticket_type}#ticketnumber_{ticket_number}",
    )
    watching = gsi3.key(
        "$version-control#username_{username}",
        "$watching#subscription_1#tickettype_{ticket_type}#ticketnumber_{ticket_number}",
    )
    tickets = gsi4.key(
        "$version-control#repoowner_{repo_owner}#reponame_{repo_name}#ticketnumber_{ticket_number}",
        "$subscribers#subscription_1#tickettype_{ticket_type}#username_{username}",
    )


@access_pattern
def public_repositories(username: str) -> Query[Repository]:
    """The public repositories of a user, by their age."""
    return Repository.owned.query(username=username, is_private=False)


@access_pattern
def pull_request(
    repo_owner: str, repo_name: str, number: str
) -> Query[PullRequest | PullRequestComment]:
    """A pull request and its comments, backwards by their names."""
    asked = collection(PullRequest.key, PullRequestComment.key).query(
        repo_owner=repo_owner, repo_name=repo_name, pull_request_number=number
    )
    return asked.descending()


@access_pattern
def issue(repo_owner: str, repo_name: str, number: str) -> Query[Issue | IssueComment]:
    """An issue and its comments, backwards by their names."""
    asked = collection(Issue.key, IssueComment.key).query(
        repo_owner=repo_owner, repo_name=repo_name, issue_number=number
    )
    return asked.descending()


@access_pattern
def pull_requests_by(username: str, status: Status) -> Query[PullRequest]:
    """The pull requests of a user in a status, the newest first."""
    return PullRequest.owned.query(username=username, status=status).descending()


@access_pattern
def approve(
    repo_owner: str, repo_name: str, number: str, username: str, updated_at: str
) -> Patch[PullRequest]:
    """The review of who was asked for one: where there is none, nothing is written."""
    own = PullRequest.key.patch(
        repo_owner=repo_owner, repo_name=repo_name, pull_request_number=number
    )
    theirs = attr("reviewers")[username]
    return own.set_at(theirs["approved"], True).set_at(theirs["updated_at"], updated_at)


@access_pattern
def owned_by(username: str) -> Query[User | Repository | Issue | PullRequest]:
    """A user with repositories, issues and pull requests."""
    return collection(User.owned, Repository.owned, Issue.owned, PullRequest.owned).query(
        username=username
    )


@access_pattern
def subscribers(
    repo_owner: str, repo_name: str, number: str
) -> Query[Subscription | Issue | PullRequest]:
    """Who watches a ticket, and the ticket."""
    return collection(Subscription.tickets, Issue.subscribed, PullRequest.subscribed).query(
        repo_owner=repo_owner, repo_name=repo_name, ticket_number=number
    )


@access_pattern
def unread_replies(user: str) -> Query[IssueComment | PullRequestComment]:
    """The replies to a user that are not read: a filter, as the day of the change comes first."""
    asked = collection(IssueComment.replies, PullRequestComment.replies).query(reply_to=user)
    return asked.where(attr("reply_viewed").equals("#"))


@access_pattern
def read_reply(before: IssueComment, after: IssueComment, user: str) -> Update[IssueComment]:
    """Marks a reply as read, if it is one to this user."""
    return update(before, after).when(attr("reply_to").equals(user))


@access_pattern
def follow(repo_owner: str, repo_name: str, followers: frozenset[str]) -> Patch[Repository]:
    """Adds followers to a repository."""
    return Repository.key.patch(repo_owner=repo_owner, repo_name=repo_name).add(followers=followers)
