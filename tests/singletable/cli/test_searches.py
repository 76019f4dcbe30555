"""`singletable explain` of a search, shown and sent; its golden request."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from singletable import Repository, create_table, put
from singletable.design import compile_design
from singletable.emit.golden import golden_files
from singletable.testing import assert_golden, memory_transport
from tests.singletable import articles as asked
from tests.singletable.articles import Article, articles
from tests.singletable.cli.conftest import Run

DESIGN = "tests.singletable.articles"
WORDS = ("explain", "articles.similar", "tenant_id=acme", "vector=[1, 0, 0.5]", "--limit", "1")


def test_a_search_is_shown(run: Run) -> None:
    """Of a vector that is given as JSON; --limit says how many."""
    out = run(*WORDS, design=DESIGN).out
    assert "Search on Nearby, by Article.near\n  NearbyPK = TENANT#acme\n" in out
    assert "  nearest first, by cosine\n  at most 1 item in all\n" in out
    assert '"TopK": 1' in out
    assert '{"N": "0.5"}' in out
    assert re.search(r"articles\.similar +Search +Nearby ", run("patterns", design=DESIGN).out)


def test_an_example_of_an_entity_has_its_vector(run: Run) -> None:
    """So that it is in the index, and what is like it can be asked for."""
    (entity, *_) = compile_design([articles]).entities
    assert entity.items[0]["embedding"] == {"L": [{"N": "1.0"}, {"N": "0.0"}, {"N": "0.0"}]}
    assert '"0.8"' in run("explain", "articles.similar_to", "--example", design=DESIGN).out


def test_a_search_is_sent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each match with its score, and the bytes that were compared."""
    send = memory_transport()
    send("CreateTable", create_table(articles))
    for name, vector in {"near": (1, 0, 0.5), "far": (0, 1, 0)}.items():
        saved = Article(article_id=name, tenant_id="acme", title=name, embedding=vector)
        Repository(send, articles).write(put(saved))
    monkeypatch.setattr("singletable.cli.run.connect", lambda *_: send)
    ran = run(*WORDS, "--run", design=DESIGN)
    first, summary = ran.out.splitlines()
    score, item = first.split(" ", 1)
    assert float(score) == pytest.approx(0)
    assert Article.model_validate_json(item).article_id == "near"
    assert summary == "1 item, 1 request, 0 capacity units, 1024 bytes of vectors"
    data: Any = run(*WORDS, "--run", "--json", design=DESIGN).data
    assert [each["title"] for each in data["items"]] == ["near"]
    assert data["scores"] == [pytest.approx(0)]


def test_its_request_is_golden(tmp_path: Path) -> None:
    """As it is sent for its example, vector and all."""
    files = golden_files(compile_design([articles]))
    (tmp_path / "articles.similar.json").write_text(files["articles.similar.json"])
    assert_golden(asked.similar, "tenant-id", (1, 0, 0), path=tmp_path)
    with pytest.raises(AssertionError, match=r'-\s+\{"N": "1.0"\}'):
        assert_golden(asked.similar, "tenant-id", (0, 0, 1), path=tmp_path)
