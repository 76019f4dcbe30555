"""Assets and events are found by asset and by location, as it was published."""

from __future__ import annotations

from singletable import collection
from tests.conftest import OpenBackend, without_moto
from tests.designs import asset_management as design
from tests.designs.asset_management import AssetId, LocationId
from tests.designs.corpus import Item, load_design
from tests.designs.proofs import Asked, check_answers, check_published, put_again, raw

PUBLISHED = "12-asset-management"
PRIMARY, GSI1 = ("PK", "SK"), ("GSI1PK", "GSI1SK")


def asset(key: str, path: str, location: str | None = None) -> Item:
    """An asset, on the index where it has a location."""
    index = raw(GSI1PK=location, GSI1SK=path) if location else {}
    own = raw(PK=key, SK="A", type="asset", typeCode=path, sizeCode="S")
    return own | raw(name="pump", state="running") | index


def event(key: str, number: str, since: str, location: str) -> Item:
    """An asset was lent."""
    index = raw(GSI1PK=location, GSI1SK=since)
    own = raw(PK=key, SK=f"{since}#{number}", type="event", leid=number, lid=location)
    return own | index | raw(fromDate=since, toDate="2026-01-01T00:00:00", pid="Q", status="lent")


ITEMS = [
    asset("P1", "/C7/S1/T1", "L4"),
    asset("P2", "/C7/S2", "L4"),
    asset("P3", "/C71/S1", "L4"),
    asset("P4", "/C7/S1/T1"),
    event("P1", "E1", "2025-03-01T10:00:00", "L4"),
    event("P1", "E2", "2025-03-31T23:59:59", "L4"),
    event("P1", "E3", "2025-04-01T00:00:00", "L5"),
    event("P4", "E4", "2025-03-15T12:00:00", "L4"),
]


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    p1, l4, month = AssetId("P1"), LocationId("L4"), "2025-03"
    asked = {
        "AP1": Asked(design.asset(asset_id=p1), PRIMARY, "P1", lambda text: text == "A"),
        "AP2": Asked(
            design.events(p1, month, month), PRIMARY, "P1", lambda text: text.startswith(month)
        ),
        "AP3": Asked(design.of_type(l4, "/C7/"), GSI1, "L4", lambda text: text.startswith("/C7/")),
        "AP4": Asked(
            design.events_at(l4, "2025-03-15", "2025-12"),
            GSI1,
            "L4",
            lambda text: "2025-03-15" <= text < "2026",
        ),
        "AP5": Asked(design.with_events(p1), PRIMARY, "P1"),
    }
    check_answers(open_backend(design.inventory), ITEMS, asked)


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    asked = {
        "AP1": design.asset(asset_id=AssetId("A1")),
        "AP2": design.events(AssetId("A2"), "2021-06-01", "2021-06-30"),
        "AP3": design.of_type(LocationId("L2"), "/C1/"),
        "AP4": design.events_at(LocationId("L2"), "2021-01-01", "2021-12-31"),
        "AP5": design.with_events(AssetId("A2")),
    }
    check_published(open_backend(design.inventory), load_design(PUBLISHED), asked)


@without_moto
def test_published_items_stay_as_they_are(open_backend: OpenBackend) -> None:
    scan = collection(design.Asset.key, design.Event.key).scan(because="the test reads all")
    assert put_again(open_backend(design.inventory), load_design(PUBLISHED).items, scan) == {}


@without_moto
def test_an_asset_is_at_no_location_any_more_or_at_another_one(open_backend: OpenBackend) -> None:
    backend = open_backend(design.inventory)
    backend.put(**asset("P1", "/C7/S1", "L4"))
    here = backend.repository.fetch(design.asset(asset_id=AssetId("P1")))
    assert here is not None
    nowhere = here.model_copy(update={"location_id": None})
    backend.repository.write(design.move(here, nowhere))
    assert backend.items() == [asset("P1", "/C7/S1")]
    there = nowhere.model_copy(update={"location_id": LocationId("L5")})
    backend.repository.write(design.move(nowhere, there))
    assert backend.items() == [asset("P1", "/C7/S1", "L5")]
