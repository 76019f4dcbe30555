"""Views by visitor and day, so that a visitor's views of a post count once a day."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from model.ids import DailyViewKey
from model.table import blog, primary
from singletable import TTL, Entity
from singletable.volumes import volume


@volume(items=500_000, size=200)
class DailyView(Entity, table=blog, name="Viewing"):
    """A view of one post by one visitor on one day; its TTL deletes it after that day.

    `daily_view_id` is an HMAC of visitor, post and day: the item reveals neither visitor nor post.
    """

    daily_view_id: DailyViewKey = Field(serialization_alias="viewing_id")
    expires_at: Annotated[datetime, TTL]

    key = primary.key("VIEWING#{daily_view_id}", "VIEWING")
