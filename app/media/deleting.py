"""The end of a file: marked first, then its objects, then what is known of it.

Whatever stops it between two steps, deleting again goes on where it stopped.
"""

from __future__ import annotations

from contextlib import suppress

from access_patterns import media as asked
from app.aws.errors import ObjectStore
from app.media import places
from model import Media
from singletable import Repository
from singletable.errors import ItemMissing


def delete(repository: Repository, objects: ObjectStore, media: Media) -> None:
    """What arrived goes first: a completion that is under way then finds nothing to keep."""
    with suppress(ItemMissing):  # another deletion was faster: its objects may still be there
        repository.write(asked.begin_deletion(media.media_id))
    objects.delete(places.arriving(media))
    objects.delete(places.kept(media))
    repository.write(asked.delete(media.media_id))
