"""An exported span verifies without the program, and every change of it is named by the stand-alone verifier."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.journal import api as journal
from gongkai.journal.facts import Fact
from gongkai.journal.standalone import verify_span
from gongkai.journal.standalone.verify_span import check, signed

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
VERIFIER = Path(verify_span.__file__)


class SpanTold(Fact, name="test.SpanTold"):
    """A fact of this test (测试)."""

    number: int


def write(count: int, *, at: datetime) -> None:
    with transaction.atomic():
        facts = [SpanTold(org="demo", subject="span:1", on=date(2026, 3, 2), number=n) for n in range(count)]
        journal.record_facts(facts, actor=journal.SYSTEM, now=at)


@pytest.fixture
def lines(db: None, tmp_path: Path) -> list[str]:
    """Return the lines of a span in the middle of a journal with three heads."""
    for step in range(3):
        at = NOW + timedelta(hours=step)
        write(6, at=at)
        journal.seal_pending(now=at)
        journal.publish_heads(folder=tmp_path / "heads", now=at + timedelta(seconds=1))
    span = journal.find_span(since=NOW + timedelta(minutes=30), until=NOW + timedelta(hours=3))
    assert (span.first_seq, span.last_seq, span.covered_seq, span.entries) == (7, 18, 18, 12)
    return list(journal.span_lines(span))


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
@settings(max_examples=8)
def test_own_signature_check_agrees_with_the_library(message: bytes, seed: bytes) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert signed(public, message, signature)
    assert not signed(public, message + b"x", signature)
    assert not signed(public, message, signature[:10] + bytes([signature[10] ^ 1]) + signature[11:])


def test_verifier_is_one_small_file_of_the_standard_library() -> None:
    text = VERIFIER.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 100
    imports = {line.split()[1] for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imports <= set(sys.stdlib_module_names)


def run(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(file), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONUTF8": "1"})


def test_verifier_accepts_the_span_and_names_a_change(lines: list[str], tmp_path: Path) -> None:
    file = tmp_path / "账本.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = run(file)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 条" in done.stdout
    assert run(file, json.loads(lines[0])["public_key"]).returncode == 0
    assert run(file, Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()).returncode == 1
    file.write_text("\n".join(lines).replace('\\"number\\":3', '\\"number\\":4', 1), encoding="utf-8")
    changed = run(file)
    assert changed.returncode == 1
    assert "被改动" in changed.stdout
    file.write_text("这不是账本\n", encoding="utf-8")
    assert run(file).returncode == 2
    assert run(tmp_path / "不存在").returncode == 2


def test_every_line_taken_out_moved_or_doubled_is_seen(lines: list[str]) -> None:
    assert check(iter(lines))[2] == []
    for place in range(1, len(lines)):
        assert check(iter(lines[:place] + lines[place + 1 :]))[2] or "head" in json.loads(lines[place])
        if "entry" in json.loads(lines[place]):
            assert check(iter([*lines[:place], lines[place], *lines[place:]]))[2]
    assert check(iter(lines[:-1]))[2], "the head that covers the end is gone"


def test_a_chain_made_anew_stands_under_no_signature(lines: list[str]) -> None:
    """Whoever changes an entry and recomputes every hash after it is caught by the signed head."""
    rows = [json.loads(line) for line in lines]
    rows[1]["entry"]["subject"] = "span:2"
    prev = rows[0]["prev"]
    for row in rows[1:]:
        if "entry" in row:
            row["prev"] = prev
            sealed = {"entry": row["entry"], "prev": prev, "seq": row["seq"]}
            row["hash"] = prev = verify_span.hashlib.sha256(verify_span.canonical(sealed)).hexdigest()
    faults = check(iter([json.dumps(row) for row in rows]))[2]
    assert faults
    assert all("封存头" in fault for fault in faults)


@pytest.mark.django_db
def test_a_span_without_sealed_entries_is_refused() -> None:
    with pytest.raises(journal.SpanEmpty):
        journal.find_span(since=NOW, until=NOW + timedelta(days=1))


@pytest.mark.django_db
def test_entries_are_found_by_person_and_moment() -> None:
    with transaction.atomic():
        for number, user in enumerate((7, 8, 7)):
            at = NOW + timedelta(days=number)
            fact = SpanTold(org="demo", subject=f"user:{number}", on=at.date(), number=number)
            journal.record_fact(fact, actor=journal.Actor(kind="user", user_id=user, role="editor"), now=at)
    found = journal.find_entries(orgs={"demo"}, user_id=7)
    assert [entry.body["number"] for entry in journal.as_entries(found)] == [2, 0]
    found = journal.find_entries(orgs={"demo"}, user_id=1)
    assert [entry.body["number"] for entry in journal.as_entries(found)] == [1], "what was done to an account"
    found = journal.find_entries(orgs={"demo"}, since=NOW + timedelta(days=1), until=NOW + timedelta(days=2))
    assert [entry.body["number"] for entry in journal.as_entries(found)] == [1]
    found = journal.find_entries(orgs={"demo"}, on=(NOW + timedelta(days=2)).date())
    assert [entry.body["number"] for entry in journal.as_entries(found)] == [2], "the day that it counts for"
    assert journal.counts_by(journal.find_entries(orgs={"demo"}), "actor_user_id", limit=1)[0][:2] == (7, 2)
