"""The file that tells others what a user pool is: KEY=VALUE lines, written whole or not at all.

The API's settings bear their own names; `user.ada` is the id that the pool gave to a demo user,
`sign_in` what to tell people.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from model import UserId
from scripts.bootstrap.content import USERS

_USER = "user."


class BadFile(Exception):
    """The file is not one that was saved here."""


def save(path: Path, settings: Mapping[str, str], users: Mapping[str, str]) -> None:
    """Replaces the file in one step; only its owner may read it."""
    rows = {**settings, **{_USER + name: user_id for name, user_id in users.items()}}
    incoming = path.with_name(f"{path.name}.incoming")
    incoming.unlink(missing_ok=True)
    incoming.touch(mode=0o600)
    incoming.write_text("".join(f"{name}={value}\n" for name, value in rows.items()))
    incoming.replace(path)


def demo_ids(path: Path | None) -> dict[str, UserId]:
    """Short name to user id, for every demo user; without a file for none."""
    if path is None:
        return {}
    try:
        rows = dict(line.partition("=")[::2] for line in path.read_text().splitlines())
        return {demo.short_name: UserId(rows[_USER + demo.short_name]) for demo in USERS}
    except (OSError, UnicodeDecodeError, KeyError) as error:
        raise BadFile(f"{path} does not tell the ids of the demo users: {error!r}") from error
