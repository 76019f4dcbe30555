"""Pages of random sizes, over every kind of index: each item once, in order, from any cursor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singletable import Query, attr, create
from singletable.operations import Page
from tests.backends import Backend, moto_backend
from tests.singletable.shop import Product, Status, product, shop

COUNT = 23


@pytest.fixture(scope="module")
def full() -> Iterator[Backend]:
    with moto_backend(shop) as db:
        for number in range(COUNT):
            db.repository.write(
                create(
                    product(
                        f"p{number:02d}",
                        shelf="s",
                        brand="acme",
                        rank=number * 7 % 5,
                        price=number * 3 % 4,
                        stock=number % 3,
                    )
                )
            )
        yield db


QUERIES: list[Query[Product]] = [
    Product.by_shelf.query(shelf="s"),
    Product.by_brand.query(brand="acme"),
    Product.catalogue.query(status=Status.DRAFT),
    Product.catalogue.query(status=Status.DRAFT, shard=1),
    Product.catalogue.query(status=Status.DRAFT).between(rank=(1, 3)),
]
LEFT = st.sampled_from([None, 0, 1])


@settings(max_examples=60, deadline=None)
@given(
    query=st.sampled_from(QUERIES),
    backwards=st.booleans(),
    stock=LEFT,
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    read=st.none() | st.integers(1, 6),
    requests=st.none() | st.integers(3, 5),
)
def test_pages_of_any_size_are_the_whole_in_order(
    full: Backend,
    query: Query[Product],
    backwards: bool,
    stock: int | None,
    sizes: list[int],
    read: int | None,
    requests: int | None,
) -> None:
    """With filters, request sizes and bounds in any mixture; every cursor resumes exactly."""
    whole = list(full.repository.fetch(query.descending() if backwards else query))
    query = query.descending() if backwards else query
    if stock is not None:
        query = query.where(attr("stock").equals(stock))
        whole = [item for item in whole if item.stock == stock]
    query = query.page_size(read) if read else query
    query = query.max_requests(requests) if requests else query
    found, pages = list[Product](), list[tuple[int, Page[Any]]]()
    cursor: str | None = None
    while not pages or cursor is not None:
        assert len(pages) < 100
        page = full.repository.fetch(query.page(sizes[len(pages) % len(sizes)], cursor))
        found += page.items
        cursor = page.cursor
        pages.append((len(found), page))
    assert found == whole
    for given_out, page in pages:
        if page.cursor is not None:
            rest = full.repository.iterate(_free(query, page.cursor))
            assert list(rest) == whole[given_out:]


def _free(query: Query[Product], cursor: str) -> Query[Product]:
    from dataclasses import replace

    return replace(query, requests_at_most=None, items_per_request=None, cursor=cursor)
