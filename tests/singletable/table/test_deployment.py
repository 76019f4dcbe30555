"""What a table declares of its deployment, and what contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import Deployment, Table
from singletable.errors.declaration import InvalidTable


def test_the_defaults_are_the_safe_ones() -> None:
    assert Deployment() == Deployment(
        stream="NEW_AND_OLD_IMAGES", recovery=True, protection=True, table_class="STANDARD"
    )


@pytest.mark.parametrize(
    "options",
    [
        {"stream": "ALL"},
        {"stream": True},
        {"recovery": 35},
        {"recovery": None},
        {"protection": "on"},
        {"table_class": "INFREQUENT"},
        {"encryption": "my-key"},
        {"encryption": True},
        {"replicas": "eu-west-1"},
        {"replicas": ["eu-west-1"]},
        {"replicas": ("here",)},
        {"replicas": ("eu-west-1", "eu-west-1")},
        {"units": 5},
        {"units": (5,)},
        {"units": (5, 0)},
        {"units": (5, True)},
        {"max_units": (5.0, 5)},
        {"warm_units": (-1, 5)},
        {"units": (5, 5), "max_units": (9, 9)},
        {"replicas": ("eu-west-1",), "stream": None},
        {"replicas": ("eu-west-1",), "stream": "NEW_IMAGE"},
        {"replicas": ("eu-west-1",), "units": (5, 5)},
        {
            "replicas": ("eu-west-1",),
            "encryption": "arn:aws:kms:eu-west-1:123456789012:key/0b3d7ac4",
        },
    ],
)
def test_what_cannot_be_deployed_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidTable) as caught:
        Deployment(**options)
    assert caught.value.where == "Deployment"
    assert caught.value.allowed


@pytest.mark.parametrize("declared", ["on demand", {"stream": None}, Deployment])
def test_a_deployment_is_a_deployment(declared: Any) -> None:
    with pytest.raises(InvalidTable):
        Table("shelf", deployment=declared)


@pytest.mark.parametrize(
    ("deployment", "options"),
    [
        (None, {"units": (5, 5)}),
        (Deployment(), {"units": (5, 5)}),
        (Deployment(max_units=(9, 9)), {"units": (5, 5)}),
        (Deployment(units=(5, 5)), {"max_units": (9, 9)}),
        (Deployment(), {"max_units": (9,)}),
        (Deployment(units=(5, 5)), {"units": (5, 5), "max_units": (9, 9)}),
        (None, {"warm_units": "many"}),
    ],
)
def test_the_capacity_of_an_index_fits_the_table(
    deployment: Deployment | None, options: dict[str, Any]
) -> None:
    table = Table("shelf", deployment=deployment)
    with pytest.raises(InvalidTable):
        table.global_index("GSI1", partition_key="GSI1PK", **options)
    assert len(table.indexes) == 1
