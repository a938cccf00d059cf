"""How well the search answers (搜索质量): judged questions asked of our search and of two plain ones; docs/search-quality.md.

`python -m tools.search_quality` writes the page, `--check` says whether it is what the search gives today.
"""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "search-quality.md"
CORPUS = ROOT / "tests" / "golden" / "search_corpus.yaml"
QUESTIONS = ROOT / "tests" / "golden" / "search_questions.yaml"
Ask = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of answered questions and the mean reciprocal rank within the first ten; `failed` are the questions without a right
    answer among the first five."""

    asked: int
    first: float
    five: float
    rank: float
    empty_right: int
    failed: tuple[str, ...]


def corpus() -> list[tuple[str, str, str, str]]:
    """Return (path, title, document number, text) of every record."""
    return [tuple(row) for row in yaml.safe_load(CORPUS.read_text(encoding="utf-8"))]


def questions() -> dict[str, list[tuple[str, str]]]:
    """Return the judged questions by set: what is typed, the pattern of a right title (- for none)."""
    found = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    return {name: [(q, p) for q, p in rows] for name, rows in found.items()}


def score(ask: Ask, asked: list[tuple[str, str]]) -> Score:
    """Ask every question and count where the first right title stands."""
    places: list[int] = []
    failed: list[str] = []
    empty = 0
    for question, pattern in asked:
        titles = ask(question)
        if pattern == "-":
            empty += not titles
            continue
        place = next((n for n, title in enumerate(titles[:10], 1) if re.search(pattern, title)), 0)
        places.append(place)
        if not 1 <= place <= 5:
            failed.append(question)
    count = len(places)
    return Score(
        count,
        sum(p == 1 for p in places) / count,
        sum(1 <= p <= 5 for p in places) / count,
        sum(1 / p for p in places if p) / count,
        empty,
        tuple(failed),
    )


def our_search(folder: Path) -> Ask:
    """Return our search over the corpus; its index and open data stand in `folder`."""
    from gongkai.portal.core.cards import card_of
    from gongkai.portal.core.values import Release
    from gongkai.portal.places import places_under
    from gongkai.portal.search.results import Searcher
    from gongkai.portal.search.writing import rebuild_index
    from gongkai.portal.testing.payloads import ORG, payload

    places, documents = places_under(folder), []
    for n, (path, title, number, body) in enumerate(corpus(), 1):
        content: dict[str, Any] = payload(1) | {
            "path": f"doc/{ORG}/{path}.html", "index_number": f"{ORG}/{path}", "title": title, "document_number": number or None,
            "summary": "", "keywords": [], "attachments": [],
            "blocks": [{"type": "paragraph", "html": line} for line in body.splitlines()],
        }  # fmt: skip
        target = places.public / "open" / content["path"].replace(".html", ".json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        documents.append((card_of(Release(n, n, "publish", "", content["published_at"], content)), content))
    rebuild_index(places.index, documents)
    searcher = Searcher(places)

    def ask(question: str) -> list[str]:
        found = searcher.search(question)
        return [re.sub(r"<[^>]+>", "", str(hit.title)) for hit in found.hits]

    return ask


def _table(tokens: Callable[[str], str], tokenizer: str) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE doc USING fts5(title, body, shown UNINDEXED, tokenize='{tokenizer}')")
    for _, title, number, body in corpus():
        db.execute("INSERT INTO doc VALUES (?, ?, ?)", (tokens(title), tokens(f"{number} {body}"), title))
    return db


def _titles(db: sqlite3.Connection, expression: str) -> list[str]:
    if not expression:
        return []
    rows = db.execute(
        "SELECT shown FROM doc WHERE doc MATCH ? ORDER BY bm25(doc, 5, 1) LIMIT 10", (expression,)
    )
    return [str(row[0]) for row in rows]


def plain_pairs() -> Ask:
    """Return a search by character pairs: any pair counts, BM25 ranks."""

    def pairs(text: str) -> list[str]:
        runs = re.findall(r"\w+", text.casefold())
        return [run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))]

    db = _table(lambda text: " ".join(pairs(text)), "unicode61")
    return lambda question: _titles(db, " OR ".join(f'"{pair}"' for pair in pairs(question)))


def framework_search() -> Ask:
    """Return the embedded full-text search as a content framework uses it: words between blanks, all of them."""
    db = _table(lambda text: text, "unicode61")
    return lambda question: _titles(db, " AND ".join(f'"{w}"' for w in re.findall(r"\w+", question)))


def rows() -> Iterator[tuple[str, str, Score]]:
    """Yield (set, search, score)."""
    with tempfile.TemporaryDirectory(prefix="gongkai-quality-") as folder:
        ways = {
            "ours": our_search(Path(folder)),
            "character pairs": plain_pairs(),
            "words between blanks": framework_search(),
        }
        for name, asked in questions().items():
            for way, ask in ways.items():
                yield name, way, score(ask, asked)


def page() -> str:
    """Return docs/search-quality.md."""
    lines = [
        "# Search quality",
        "",
        "Questions as citizens type them (tests/golden/search_questions.yaml) over the records of an invented year. Written by `python -m tools.search_quality`;",
        "a test compares. The search was tuned with set a, then with the failures of b; set c was written afterwards and is shown as first asked. *Character pairs* ranks any common pair by BM25; *words between blanks* is",
        "SQLite's full-text search as a content framework uses it.",
        "",
        "| Set | Search | Questions | success@1 | success@5 | MRR |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    unanswered: list[str] = []
    for name, way, one in rows():
        lines.append(f"| {name} | {way} | {one.asked} | {one.first:.2f} | {one.five:.2f} | {one.rank:.2f} |")
        if way == "ours":
            unanswered += [f"- {name}: {question}" for question in one.failed]
    lines += ["", "## Questions without a right answer among the first five", "", *(unanswered or ["None."])]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page, or with `--check` compare it."""
    made = page()
    if "--check" in sys.argv:
        return 0 if PAGE.read_text(encoding="utf-8") == made else 1
    PAGE.write_text(made, encoding="utf-8")
    print(made)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
