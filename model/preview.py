"""Preview links: whoever has one can read its post in any status."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime

from model.ids import PostKey, PreviewKey, UserKey
from model.table import blog, gsi3, primary
from singletable import TTL, Entity


class Preview(Entity, table=blog):
    """A preview link of one post, valid until it expires or is revoked.

    `preview_id` is the SHA-256 of its token, in hexadecimal; the token itself is not stored.
    """

    preview_id: PreviewKey
    post_id: PostKey
    created_by: UserKey
    created_at: AwareDatetime
    expires_at: Annotated[datetime, TTL]

    key = primary.key("PREVIEW#{preview_id}", "PREVIEW")
    by_post = gsi3.key("PREVIEWED#{post_id}", "PREVIEW#{created_at}#{preview_id}")
