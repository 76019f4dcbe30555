"""A small design with scans."""

from __future__ import annotations

from singletable import Entity, First, Scan, Table, access_pattern, attr, collection
from singletable.inspect import Count

archive = Table("archive")
pending = archive.global_index("pending", partition_key="PENDINGPK", sort_key="PENDINGSK")


class Film(Entity, table=archive):
    """A film; one that waits to be filed stands in the index."""

    film_id: str
    waits_since: str | None = None
    year: int = 1999
    key = archive.primary.key("FILM#{film_id}", "FILM")
    waiting = pending.key("WAITING", "{waits_since}")


class Reel(Entity, table=archive):
    """A reel of a film."""

    film_id: str
    number: str
    year: int = 1999
    key = archive.primary.key("FILM#{film_id}", "REEL#{number}")


@access_pattern
def waiting() -> Scan[Film]:
    """Films that wait to be filed."""
    return Film.waiting.scan(because="sparse: only films that wait are in it")


@access_pattern
def since(year: int) -> Scan[Film | Reel]:
    """Everything since a year."""
    scan = collection(Film.key, Reel.key).scan(because="the yearly\nreport").segments(4)
    return scan.where(attr("year").at_least(year))


@access_pattern
def any_film() -> First[Film]:
    """Some film."""
    return Film.key.scan(because="a smoke test needs one").first()


@access_pattern
def films() -> Count:
    """How many films there are."""
    return Film.key.scan(because="the yearly report").count()
