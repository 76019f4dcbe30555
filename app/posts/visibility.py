"""Who may see and do what with posts. The only module of posts that decides by caller."""

from __future__ import annotations

from app.auth.caller import Caller
from model import Post, PostStatus, Role, UserId

_EDITORS = frozenset({Role.ADMIN, Role.EDITOR})


def is_editor(caller: Caller | None) -> bool:
    """Editors and administrators see every state, and the queues."""
    return caller is not None and not _EDITORS.isdisjoint(caller.roles)


def sees_all_of(author_id: UserId, caller: Caller | None) -> bool:
    """Whether what the author wrote is shown in whatever state."""
    return is_editor(caller) or (caller is not None and caller.subject == author_id)


def may_read(post: Post, caller: Caller | None) -> bool:
    """What is published is everyone's."""
    return post.status is PostStatus.PUBLISHED or sees_all_of(post.author_id, caller)


def may_read_history(post: Post, caller: Caller | None) -> bool:
    """Former texts may hold what was never published."""
    return sees_all_of(post.author_id, caller)


def may_change(post: Post, caller: Caller) -> bool:
    """Every known caller, of what they may see: roles that write are not distinguished yet."""
    return may_read(post, caller)
