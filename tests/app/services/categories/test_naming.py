"""New categories get identities that nobody has to think of."""

from __future__ import annotations

from app.services.category_tree import new_id
from singletable.formats import slug


def test_identities_are_new() -> None:
    """Each another, of the form that identities of categories have."""
    made = {new_id() for _ in range(100)}
    assert len(made) == 100
    assert all(slug(max_length=64).encode(each) for each in made)
