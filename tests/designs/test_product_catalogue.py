"""A catalogue of products: lists are read from indexes that hold a part of each product."""

from __future__ import annotations

from tests.conftest import OpenBackend, without_moto
from tests.designs import product_catalogue as design
from tests.designs.corpus import Item, load_design
from tests.designs.product_catalogue import BrandId, CategoryId, Listed, Product, ProductId
from tests.designs.proofs import Asked, check_answers, load, raw

PRIMARY = ("PK", "SK")


def product(number: str, brand: str, category: str, stock: int) -> Item:
    """A product as the catalogue's own program writes it."""
    return raw(
        PK=f"P#{number}",
        SK="METADATA",
        GSI1PK=f"B#{brand}",
        GSI1SK=f"C#{category}P#{number}",
        GSI2PK=f"C#{category}",
        GSI2SK=f"B#{brand}P#{number}",
        productId=number,
        brandId=brand,
        categoryId=category,
        type="tent",
        name=f"Shelter {number}",
        stockLevel={"N": str(stock)},
    )


ITEMS = [
    *(raw(PK="BRANDS", SK=f"B#{n}", brandId=str(n), name=f"Brand {n}") for n in (1, 2, 10)),
    *(raw(PK="CATEGORIES", SK=f"C#{n}", categoryId=str(n), name=f"Kind {n}") for n in (1, 10)),
    product("1", "1", "1", 5),
    product("2", "1", "10", 0),
    product("3", "1", "100", 7),
    product("4", "2", "1", 1),
    product("12", "1", "1", 2),
]

ASKED = {
    "AP1": Asked(design.brands(), PRIMARY, "BRANDS"),
    "AP2": Asked(design.categories(), PRIMARY, "CATEGORIES"),
    "AP3": Asked(design.product(product_id=ProductId("2")), PRIMARY, "P#2"),
}
LISTS = {
    "AP4": Asked(design.of_brand(BrandId("1")), ("GSI1PK", "GSI1SK"), "B#1"),
    "AP5": Asked(
        design.of_brand_in(BrandId("1"), CategoryId("1")),
        ("GSI1PK", "GSI1SK"),
        "B#1",
        lambda text: text.startswith("C#1P#"),
    ),
    "AP6": Asked(design.of_category(CategoryId("1")), ("GSI2PK", "GSI2SK"), "C#1"),
}


def shown(listed: Listed) -> Item:
    """A listed product as its item says the same."""
    return product(listed.product_id, listed.brand_id, listed.category_id, listed.stock_level)


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    check_answers(open_backend(design.catalogue), ITEMS, ASKED)


@without_moto
def test_lists_show_what_the_indexes_hold(open_backend: OpenBackend) -> None:
    """Brand and category are told by the keys alone; category 1 has nothing of 10 and 100."""
    backend = open_backend(design.catalogue)
    load(backend, ITEMS)
    for name, case in LISTS.items():
        found = [shown(listed) for listed in backend.repository.fetch(case.operation)]
        assert (name, found) == (name, case.expected(ITEMS))
        assert len(found) > 1


@without_moto
def test_a_new_product_is_stored_as_the_other_program_does(open_backend: OpenBackend) -> None:
    backend = open_backend(design.catalogue)
    new = Product(
        product_id=ProductId("4"),
        brand_id=BrandId("2"),
        category_id=CategoryId("1"),
        kind="tent",
        name="Shelter 4",
        stock_level=1,
    )
    backend.repository.write(design.add(new))
    assert backend.items() == [ITEMS[-2]]


@without_moto
def test_the_published_condition_finds_more_than_it_says(open_backend: OpenBackend) -> None:
    """A beginning has to be asked for by name: `C#1` is that of 1, 10 and 100."""
    backend = open_backend(design.catalogue)
    load(backend, ITEMS)
    beginning = Product.by_brand.query(brand_id=BrandId("1")).begins_with(category_id="1")
    found = backend.repository.fetch(beginning.only(Listed))
    assert {listed.category_id for listed in found} == {"1", "10", "100"}
    asked = design.of_brand_in(BrandId("1"), CategoryId("1"))
    assert {listed.category_id for listed in backend.repository.fetch(asked)} == {"1"}


def test_all_published_patterns_are_declared() -> None:
    """Their items are not published, so they have answers to items of our own alone."""
    facts = load_design("22-product-catalog").facts
    assert {pattern["id"] for pattern in facts["patterns"]} == ASKED.keys() | LISTS.keys()
