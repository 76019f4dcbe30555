"""The rules said a second time, in Python and another way, to hold the policy against."""

from __future__ import annotations

from typing import Any

from app.api.v1.auth_schemas import ACCOUNTS
from app.api.v1.jobs import JOBS
from app.api.v1.media import FILES
from app.api.v1.posts_guards import POSTS as POST
from app.api.v1.sessions import SESSIONS
from app.services.policy import NOTHING, ResourceKind
from model import MediaStatus, PostStatus, Role
from scripts.docs.matrix import Cell

POSTS = "list queue read history create edit rename restore submit archive publish unpublish delete"
USERS = "list read create change-role disable enable delete reconcile"
EDITORIAL = {"edit", "rename", "restore", "submit", "archive", "unpublish"}
KINDS: dict[str, tuple[ResourceKind[Any], str]] = {
    "posts": (POST, f"{POSTS} view purge"),
    "categories": (NOTHING, "read create change move delete merge"),
    "users": (NOTHING, f"{USERS} profile change-profile"),
    "sessions": (SESSIONS, "list read revoke open"),
    "jobs": (JOBS, "export import list read start"),
    "media": (FILES, "list read download complete delete show"),
    "previews": (POST, "create list revoke"),
    "audit": (NOTHING, "list"),
    "probes": (NOTHING, "read"),
    "auth": (NOTHING, "login refresh logout challenge forgot confirm me change-password"),
}
ACTIONS = {
    f"{resource}.{verb}": kind
    for resource, (kind, verbs) in KINDS.items()
    for verb in verbs.split()
} | {
    "auth.signup": ACCOUNTS,
    "media.create": NOTHING,
    "previews.read": NOTHING,
    "posts.unheard-of": POST,
    "comments.read": NOTHING,
}


def allowed(cell: Cell) -> bool | None:
    """What the rules say of a cell; None where they are said a second time in Rego alone."""
    resource, _, verb = cell.action.partition(".")
    edits = cell.who in {"editor", "admin"}
    admin, known = cell.who == "admin", cell.who != "anonymous"
    return {
        "posts": _post(cell, verb),
        "categories": verb == "read" or (edits and verb != "merge") or admin,
        "users": admin or verb == "profile" or (verb == "change-profile" and known),
        "audit": admin,
        "sessions": cell.ownership == "own" or (admin and verb != "open"),
        "jobs": admin,
        "media": _media(cell, verb),
        "previews": verb == "read" or cell.ownership == "own" or edits,
        "probes": True,
        "auth": _auth(cell, verb),
        "comments": False,
    }.get(resource)


def _auth(cell: Cell, verb: str) -> bool:
    if verb == "signup":
        return cell.who == "admin" or cell.wanted_role is Role.VIEWER
    return cell.who != "anonymous" or verb not in {"me", "change-password"}


def _media(cell: Cell, verb: str) -> bool:
    known = cell.who != "anonymous"
    own = cell.ownership == "own"
    shown = known and cell.status is MediaStatus.READY
    return {
        "create": cell.who in {"editor", "admin"},
        "list": own or cell.who == "admin",
        "read": own or cell.who == "admin" or shown,
        "download": own or cell.who == "admin" or shown,
        "complete": own,
        "delete": own or cell.who == "admin",
        "show": own or cell.who == "admin",
    }.get(verb, False)


def _post(cell: Cell, verb: str) -> bool:
    own = cell.ownership == "own"
    edits = cell.who in {"editor", "admin"}
    draft = cell.status is PostStatus.DRAFT
    published = cell.status is PostStatus.PUBLISHED
    withdraws = verb == "unpublish" and own and cell.status is PostStatus.IN_REVIEW
    if verb in EDITORIAL:
        return cell.who == "admin" or ((own if draft else cell.who == "editor") or withdraws)
    return {
        "list": True,
        "queue": edits,
        "create": edits,
        "publish": edits,
        "read": published or own or edits,
        "history": own or edits,
        "delete": cell.who == "admin" or (own and draft),
        "view": published,
        "purge": cell.who != "anonymous",
    }.get(verb, False)


def shown(cell: Cell) -> frozenset[PostStatus]:
    """The statuses that a list shows, of everyone's posts or of one owner's."""
    if cell.who in {"editor", "admin"} or cell.ownership == "own":
        return frozenset(PostStatus)
    return frozenset({PostStatus.PUBLISHED})
