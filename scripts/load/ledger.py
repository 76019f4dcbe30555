"""What was acknowledged, and whether it is still there. Sends nothing.

A write without a certain answer may have happened or not: both are right until the next
acknowledged one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock


@dataclass(frozen=True)
class Content:
    """A post, as far as the load writes it."""

    title: str
    body: str
    status: str


State = Content | None
"""None: deleted."""


@dataclass(frozen=True)
class Loss:
    """A post that is not as it was acknowledged."""

    post_id: str
    expected: tuple[State, ...]
    found: State

    def __str__(self) -> str:
        wanted = " or ".join(map(_worded, self.expected))
        return f"post {self.post_id} should be {wanted}, and is {_worded(self.found)}"


@dataclass
class _Entry:
    acknowledged: State
    uncertain: list[State] = field(default_factory=list)

    def allowed(self) -> tuple[State, ...]:
        return (self.acknowledged, *self.uncertain)


class Ledger:
    """Written by many threads; each post by one at a time."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._deleting: set[str] = set()
        self._lock = Lock()
        self._writes = 0

    def acknowledge(self, post_id: str, state: State) -> None:
        """The API said that the post is so now. Whatever was uncertain before is decided."""
        with self._lock:
            self._entries[post_id] = _Entry(state)
            self._writes += 1

    def doubt(self, post_id: str, state: State) -> None:
        """No certain answer: the post may be so, or as before."""
        with self._lock:
            self._entries[post_id].uncertain.append(state)

    def deleting(self, post_id: str) -> None:
        """From now on, whoever finds it gone is right."""
        with self._lock:
            self._deleting.add(post_id)

    @property
    def writes(self) -> int:
        """How many were acknowledged."""
        return self._writes

    def posts(self) -> list[str]:
        """Every post that was ever acknowledged, deleted ones too."""
        return list(self._entries)

    def may_be_gone(self, post_id: str) -> bool:
        """Whether somebody deleted it, or tried to."""
        return post_id in self._deleting

    def losses(self, found: Mapping[str, State]) -> Iterator[Loss]:
        """Posts that are none of what they may be. `found` holds every post's state by its id."""
        for post_id, entry in self._entries.items():
            if found[post_id] not in entry.allowed():
                yield Loss(post_id, entry.allowed(), found[post_id])

    def unlisted(self, listed: set[str]) -> list[str]:
        """Posts that are certainly published, and not in a list of all that are."""
        return [
            post_id
            for post_id, entry in self._entries.items()
            if all(each and each.status == "published" for each in entry.allowed())
            and post_id not in listed
        ]


def _worded(state: State) -> str:
    return "deleted" if state is None else f"{state.status} {state.title!r} with {state.body!r}"
