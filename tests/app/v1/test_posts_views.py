"""Views: counted in slots, told as one number."""

from __future__ import annotations

from tests.app import expect
from tests.app.v1.site import Site, path


def test_views_add_up(any_site: Site) -> None:
    """Each counts once, whichever slot it went to; the post itself is not touched."""
    post = any_site.published()
    where = f"{path(post)}/views"
    assert expect.success(any_site.anonymous.get(where)) == {"views": 0}
    for _ in range(20):
        answer = any_site.speaking("bob").post(where)
        assert (answer.status_code, answer.content) == (204, b"")
    assert expect.success(any_site.anonymous.get(where)) == {"views": 20}
    assert any_site.stored(post) == post


def test_views_are_of_published_posts(site: Site) -> None:
    """404 for who cannot see it, 403 for who can, 401 for nobody."""
    post = site.draft()
    where = f"{path(post)}/views"
    expect.failure(site.anonymous.post(where), 401, "credentials-missing")
    expect.failure(site.speaking("bob").post(where), 404, "not-found")
    expect.failure(site.anonymous.get(where), 404, "not-found")
    expect.failure(site.ada.post(where), 403, "forbidden")
    assert expect.success(site.ada.get(where)) == {"views": 0}
