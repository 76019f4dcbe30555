"""Where a file's bytes are: first where uploads arrive, then where nobody can write any more.

What lies under `media/` has an item. What lies under `pending/` may be left behind: the bucket's
lifecycle removes it.
"""

from __future__ import annotations

import secrets

from model import Media


def new_object_name() -> str:
    """Random: nothing that a client says is part of an object's key."""
    return secrets.token_hex(20)


def arriving(media: Media) -> str:
    """The key of the presigned upload, which stays good for a while after it was used."""
    return f"pending/{media.object_name}"


def kept(media: Media) -> str:
    """The key of what is downloaded."""
    return f"media/{media.object_name}"
