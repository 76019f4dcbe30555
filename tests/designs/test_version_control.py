"""Version control as ElectroDB lays it out: its items are built here by its rule, and read by ours.

The rule: a partition key is the service and the composite attributes, a sort key the collections,
the entity with its version and the composite attributes, all of it in lower case."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.errors import ConditionFailed
from tests.conftest import OpenBackend, without_moto
from tests.designs import version_control as design
from tests.designs.corpus import Item, load_design
from tests.designs.proofs import Asked, check_answers, load
from tests.designs.version_control import IssueComment, Status

TICKET = "repoOwner repoName ticketNumber"
LAYOUT = {
    "user": {
        "": ("username", "overview", ""),
        "gsi1": ("username", "owned", ""),
        "gsi3": ("username", "watching", ""),
    },
    "Repository": {
        "": ("repoOwner", "alerts", "repoName"),
        "gsi1": ("username", "owned", "isPrivate createdAt"),
    },
    "issue": {
        "": ("repoOwner repoName issueNumber", "issueReview", ""),
        "gsi1": ("username", "owned managed", "status createdAt"),
        "gsi2": ("repoOwner repoName", "activity", "status createdAt"),
        "gsi4": (TICKET, "subscribers", ""),
    },
    "pull-request": {
        "": ("repoOwner repoName pullRequestNumber", "PRReview", ""),
        "gsi1": ("username", "owned managed", "status createdAt"),
        "gsi2": ("repoOwner repoName", "activity", "status createdAt"),
        "gsi4": (TICKET, "subscribers", ""),
    },
    "issue-comment": {
        "": ("repoOwner repoName issueNumber", "issueReview", "commentId"),
        "gsi1": ("username", "conversations", "repoOwner repoName issueNumber"),
        "gsi2": ("replyTo", "inbox", "updatedAt replyViewed"),
    },
    "pull-request-comment": {
        "": ("repoOwner repoName pullRequestNumber", "PRReview", "commentId"),
        "gsi1": ("username", "conversations", "repoOwner repoName"),
        "gsi2": ("replyTo", "inbox", "updatedAt replyViewed"),
    },
    "subscription": {
        "": ("repoOwner repoName", "", "username ticketType ticketNumber"),
        "gsi3": ("username", "watching", "ticketType ticketNumber"),
        "gsi4": (TICKET, "subscribers", "ticketType username"),
    },
}


def wire(value: Any) -> Item:
    """A value as it is stored; texts that are several are a set."""
    if isinstance(value, dict):
        return {"M": {name: wire(inner) for name, inner in value.items()}}
    if isinstance(value, list):
        return {"SS": value}
    return {"BOOL": value} if isinstance(value, bool) else {"S": value}


def composite(names: str, values: dict[str, Any]) -> str:
    texts = {name: str(values[name]) for name in names.split()}
    return "".join(f"#{name}_{text}" for name, text in texts.items()).lower()


def electro(entity: str, **values: Any) -> Item:
    """An item of an entity, with its keys on all indexes."""
    values = {"createdAt": "2025-11-01T00:00:00Z", "updatedAt": "2025-12-01T00:00:00Z"} | values
    item = {name: wire(value) for name, value in values.items()}
    item |= {"__edb_e__": {"S": entity}, "__edb_v__": {"S": "1"}}
    for index, (partition, collections, sort) in LAYOUT[entity].items():
        path = [*collections.split(), f"{entity}_1"]
        beginning = f"${'#'.join(path)}".lower()
        item[f"{index}pk"] = wire("$version-control" + composite(partition, values))
        item[f"{index}sk"] = wire(beginning + composite(sort, values))
    return item


REPO = {"repoOwner": "Mia", "repoName": "Tools"}


def repository(name: str, private: bool, created: str) -> Item:
    own = {"repoOwner": "Mia", "repoName": name, "username": "Mia", "isPrivate": private}
    return electro("Repository", **own, createdAt=created, defaultBranch="main", followers=["Noa"])


def pull_request(number: str, user: str, status: str, created: str) -> Item:
    own = {"pullRequestNumber": number, "ticketNumber": number, "ticketType": "PullRequest"}
    reviewers = {"Kit": {"approved": False, "updatedAt": created}}
    more = {"username": user, "status": status, "createdAt": created, "reviewers": reviewers}
    return electro("pull-request", **REPO, **own, **more)


def issue(number: str, user: str, status: str) -> Item:
    own = {"issueNumber": number, "ticketNumber": number, "ticketType": "Issue"}
    return electro("issue", **REPO, **own, username=user, status=status, subject="It is late")


def comment(on: str, number: str, name: str, to: str, viewed: str = "#") -> Item:
    field = {"issue": "issueNumber", "pull-request": "pullRequestNumber"}[on]
    own = {field: number, "commentId": name, "username": "Kit", "replyTo": to}
    return electro(f"{on}-comment", **REPO, **own, replyViewed=viewed, body="Yes")


def subscription(user: str, kind: str, number: str) -> Item:
    own = {"username": user, "ticketType": kind, "ticketNumber": number}
    return electro("subscription", **REPO, **own)


ITEMS = [
    electro("user", username="Mia", fullName="Mia Low", followers=["Kit", "Noa"]),
    electro("user", username="Mia2", fullName="Mia Two", followers=["Kit"]),
    repository("Tools", False, "2025-01-02T00:00:00Z"),
    repository("Alpha", False, "2025-01-01T00:00:00Z"),
    repository("Secret", True, "2025-01-03T00:00:00Z"),
    pull_request("0001", "Mia", "0", "2025-02-01T00:00:00Z"),
    pull_request("0002", "Mia", "0", "2025-02-02T00:00:00Z"),
    pull_request("0003", "Mia", "1", "2025-02-03T00:00:00Z"),
    issue("0001", "Mia", "0"),
    issue("0010", "Noa", "0"),
    comment("pull-request", "0001", "c1", "Mia"),
    comment("pull-request", "0001", "c2", "Noa"),
    comment("issue", "0001", "c3", "Mia"),
    comment("issue", "0001", "c4", "Mia", "2025-12-02T00:00:00Z"),
    subscription("Noa", "Issue", "0001"),
    subscription("Kit", "PullRequest", "0001"),
    subscription("Kit", "Issue", "0010"),
]

SERVICE = "$version-control"
TOOLS = f"{SERVICE}#repoowner_mia#reponame_tools"
ASKED = {
    "1": Asked(
        design.public_repositories("Mia"),
        ("gsi1pk", "gsi1sk"),
        f"{SERVICE}#username_mia",
        lambda text: text.startswith("$owned#repository_1#isprivate_false#"),
    ),
    "2": Asked(
        design.pull_request("Mia", "Tools", "0001"),
        ("pk", "sk"),
        f"{TOOLS}#pullrequestnumber_0001",
        newest_first=True,
    ),
    "3": Asked(
        design.issue("Mia", "Tools", "0001"),
        ("pk", "sk"),
        f"{TOOLS}#issuenumber_0001",
        newest_first=True,
    ),
    "4": Asked(
        design.pull_requests_by("Mia", Status.OPEN),
        ("gsi1pk", "gsi1sk"),
        f"{SERVICE}#username_mia",
        lambda text: text.startswith("$owned#managed#pull-request_1#status_0#"),
        newest_first=True,
    ),
    "6": Asked(
        design.owned_by("Mia"),
        ("gsi1pk", "gsi1sk"),
        f"{SERVICE}#username_mia",
        lambda text: text.startswith("$owned#"),
    ),
    "7": Asked(
        design.subscribers("Mia", "Tools", "0001"),
        ("gsi4pk", "gsi4sk"),
        f"{TOOLS}#ticketnumber_0001",
        lambda text: text.startswith("$subscribers#"),
    ),
    "8": Asked(
        design.unread_replies("Mia"),
        ("gsi2pk", "gsi2sk"),
        f"{SERVICE}#replyto_mia",
        lambda text: text.endswith("#replyviewed_#"),
    ),
}


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    check_answers(open_backend(design.hub), ITEMS, ASKED)


@without_moto
def test_an_approval_changes_its_review_alone(open_backend: OpenBackend) -> None:
    """Pattern 5; all that ElectroDB wrote beside it stays. Who was not asked approves nothing."""
    backend = open_backend(design.hub)
    load(backend, ITEMS)
    now = "2025-12-03T00:00:00Z"
    backend.repository.write(design.approve("Mia", "Tools", "0001", "Kit", now))
    with pytest.raises(ConditionFailed):
        backend.repository.write(design.approve("Mia", "Tools", "0001", "Noa", now))
    reviewers = {"Kit": {"approved": True, "updatedAt": now}}
    key = {name: ITEMS[5][name]["S"] for name in ("pk", "sk")}
    assert backend.raw(**key) == ITEMS[5] | {"reviewers": wire(reviewers)}


@without_moto
def test_a_reply_is_read_by_whom_it_is_to(open_backend: OpenBackend) -> None:
    """Pattern 9: it moves in the index, and is no longer among those that are not read."""
    backend = open_backend(design.hub)
    load(backend, ITEMS)
    (before,) = backend.repository.fetch(design.unread_replies("Mia")).of(IssueComment)
    after = before.model_copy(update={"reply_viewed": "2025-12-03T00:00:00Z"})
    with pytest.raises(ConditionFailed):
        backend.repository.write(design.read_reply(before, after, "Noa"))
    backend.repository.write(design.read_reply(before, after, "Mia"))
    assert backend.repository.fetch(design.unread_replies("Mia")).of(IssueComment) == ()
    key = {name: ITEMS[12][name]["S"] for name in ("pk", "sk")}
    assert backend.raw(**key) == comment("issue", "0001", "c3", "Mia", "2025-12-03T00:00:00Z")


@without_moto
def test_a_follower_is_added_to_a_set(open_backend: OpenBackend) -> None:
    """Pattern 10."""
    backend = open_backend(design.hub)
    load(backend, ITEMS)
    backend.repository.write(design.follow("Mia", "Tools", frozenset({"Kit"})))
    key = {name: ITEMS[2][name]["S"] for name in ("pk", "sk")}
    stored = backend.raw(**key)
    assert stored is not None
    assert set(stored["followers"]["SS"]) == {"Kit", "Noa"}


def test_all_published_patterns_are_declared() -> None:
    """The example makes its items up when it runs, so there are answers to ours alone."""
    patterns = load_design("32-electrodb-version-control").facts["patterns"]
    assert {pattern["id"] for pattern in patterns} == ASKED.keys() | {"5", "9", "10"}
