"""That somebody has looked at a post today, so that it counts once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from model.ids import ViewingKey
from model.table import blog, primary
from singletable import TTL, Entity


class Viewing(Entity, table=blog):
    """One visitor, one post, one day; DynamoDB deletes it some time after that day.

    `viewing_id` is a digest of all three under a secret: neither is to be found in the item.
    """

    viewing_id: ViewingKey
    expires_at: Annotated[datetime, TTL]

    key = primary.key("VIEWING#{viewing_id}", "VIEWING")
