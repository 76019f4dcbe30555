"""Vector indexes that DynamoDB would not make are refused where they are declared."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from singletable import Deployment, Table, include, number
from singletable.errors import InvalidTable
from tests.singletable.raises import raises

TOO_MANY = tuple(f"f{at}" for at in range(18))
INDEXES: dict[str, tuple[Callable[[Table], object], str, str]] = {
    "dimensions": (
        lambda table: table.vector_index("Near", "v", dimensions=4097),
        "Near has 4097 dimensions",
        "1 to 4096",
    ),
    "no dimensions": (
        lambda table: table.vector_index("Near", "v", dimensions=True),
        "Near has True dimensions",
        "1 to 4096",
    ),
    "distance": (
        lambda table: table.vector_index("Near", "v", dimensions=3, distance="near"),  # type: ignore[arg-type]
        "the distance 'near'",
        "cosine, euclidean, dot_product",
    ),
    "filters": (
        lambda table: table.vector_index("Near", "v", dimensions=3, filters=TOO_MANY),
        "19 filters, with the type attribute",
        "18 at most",
    ),
    "twice": (
        lambda table: table.vector_index("Near", "v", dimensions=3, filters="v"),
        "Near has v twice",
        "different attributes",
    ),
    "several keys": (
        lambda table: table.vector_index("Near", "v", dimensions=3, partition_key=("a", "b")),  # type: ignore[arg-type]
        "the key attribute ('a', 'b')",
        "one attribute",
    ),
    "holds too much": (
        lambda table: table.vector_index(
            "Near", "v", dimensions=3, projection=include(*map(str, range(19)))
        ),
        "holds 21 attributes",
        "20 at most",
    ),
    "other dimensions": (
        lambda table: (
            table.vector_index("Near", "v", dimensions=3),
            table.vector_index("Other", "v", dimensions=4),
        ),
        "Other has 4 dimensions of v, and Near has 3",
        "the same number",
    ),
    "a key attribute": (
        lambda table: (
            table.global_index("GSI1", partition_key="v"),
            table.vector_index("Near", "v", dimensions=3),
        ),
        "v is a vector, and a key or a filter",
        "an attribute for each",
    ),
    "a later key attribute": (
        lambda table: (
            table.vector_index("Near", "v", dimensions=3),
            table.global_index("GSI1", partition_key="v"),
        ),
        "v is a vector, and a key or a filter",
        "an attribute for each",
    ),
    "types": (
        lambda table: (
            table.global_index("GSI1", partition_key="year"),
            table.vector_index("Near", "v", dimensions=3, filters=number("year")),
        ),
        "Near declares year as N",
        "S, as declared before",
    ),
    "a sixth": (
        lambda table: [table.vector_index(f"Near{at}", "v", dimensions=3) for at in range(6)],
        "Near5 is vector index 6",
        "5",
    ),
}


@pytest.mark.parametrize(("declare", "declared", "allowed"), INDEXES.values(), ids=INDEXES)
def test_indexes_beyond_the_service_are_refused(
    declare: Callable[[Table], object], declared: str, allowed: str
) -> None:
    """While the module loads, with what is allowed."""
    with pytest.raises(InvalidTable) as refused:
        declare(Table("refused"))
    assert declared in refused.value.declared
    assert allowed in refused.value.allowed


def test_a_provisioned_table_has_no_vector_index() -> None:
    """DynamoDB has them on demand alone."""
    table = Table("refused", deployment=Deployment(units=(5, 5)))
    with raises(InvalidTable, declared="the table is provisioned"):
        table.vector_index("Near", "v", dimensions=3)
