"""Each provable duty is proven by planted evidence of its own kind and by nothing else; the rest say why a person is needed."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from gongkai.journal import api as journal
from gongkai.journal.facts import FACTS, Fact
from gongkai.organisations.testing import TODAY, make_tree
from gongkai.registers import api as registers
from gongkai.supervision.core.duties import Proof, duties
from gongkai.supervision.selectors import find_proof, proof_key

NOW = datetime(2020, 3, 2, 1, 0, tzinfo=UTC)
#: at least so many of the 76 must be shown by the system itself
WANTED = 45
VALUES: dict[Any, Any] = {
    int: 1, bool: True, Decimal: Decimal(1), date: TODAY, datetime: NOW, "code": "x", "sha256": "0" * 64,
}  # fmt: skip


def some_value(annotation: Any) -> Any:
    """Return a value that fits a field of a fact."""
    origin, inner = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return some_value(next(a for a in inner if a is not type(None)))
    if origin is tuple:
        return ()
    if origin is Mapping:
        return {}
    marks = getattr(annotation, "__metadata__", ())
    return VALUES[marks[0] if marks else annotation]


def planted(proof: Proof) -> Fact:
    """Return a fact that proves: of the item, or of the name with its conditions."""
    kind = FACTS["records.RecordPublished" if proof.kind == "item" else proof.code]
    hints = kind.field_types
    values = {name: some_value(hint) for name, hint in hints.items()}
    for field, value in proof.where.items():
        values[field] = values[field] if value == "*" else value
    if proof.kind == "item":
        values["catalogue"] = (proof.code,)
    return kind(**(values | {"org": "demo", "subject": "x:1", "on": TODAY}))


def plant_row(register_id: str) -> None:
    rule = registers.register(register_id, on=TODAY)
    raw: dict[str, str] = {}
    for field in rule.fields:
        if field.required or field.id in (
            "value",
            "party_name",
            "qualified",
            "source_url",
            "superior_source",
        ):
            filled = {
                "date": TODAY.isoformat(), "integer": str(int(field.at_least or 1)), "decimal": "1", "money": "1",
                "boolean": "是", "text": "示例", "code": "X1",
            }  # fmt: skip
            raw[field.id] = filled.get(field.type) or field.codes[0].id
    if "party_kind" in raw:
        raw |= {"party_kind": "person", "party_person": "赵某", "party_name": ""}
    registers.record_row(
        register_id=register_id, org_code="demo", raw=raw, actor=journal.SYSTEM, today=TODAY, now=NOW
    )


def found_for(proof: Proof) -> int:
    return len(find_proof(org_code="demo", proofs=[proof], year=2020, today=TODAY).get(proof_key(proof), []))


def test_enough_duties_prove_themselves_and_the_others_say_why_not() -> None:
    everything = duties()
    assert len(everything) == 76
    assert sum(duty.is_provable for duty in everything) >= WANTED
    assert all(len(duty.proof.why) > 8 for duty in everything if not duty.is_provable)


@pytest.mark.django_db
def test_each_provable_duty_is_proven_by_its_own_evidence() -> None:
    make_tree()
    proofs = {proof_key(duty.proof): duty.proof for duty in duties() if duty.is_provable}
    proven = set()
    for key, proof in proofs.items():
        before = found_for(proof)
        with transaction.atomic():
            if proof.kind == "register":
                plant_row(proof.code)
            else:
                journal.record_fact(planted(proof), actor=journal.SYSTEM, now=NOW)
            if found_for(proof) == before + 1:
                proven.add(key)
            transaction.set_rollback(True)
        assert found_for(proof) == before
    assert [p for key, p in proofs.items() if key not in proven] == []
    assert sum(duty.is_provable and proof_key(duty.proof) in proven for duty in duties()) >= WANTED


@pytest.mark.django_db
def test_evidence_of_another_item_condition_or_authority_proves_nothing() -> None:
    make_tree()
    proof = next(d.proof for d in duties() if d.proof.kind == "item")
    fact = planted(proof)
    others = [dataclasses.replace(fact, catalogue=("F99",)), dataclasses.replace(fact, org="other")]  # type: ignore[type-var]
    with transaction.atomic():
        for other in others:
            journal.record_fact(other, actor=journal.SYSTEM, now=NOW)
        assert found_for(proof) == 0
        conditional = next(d.proof for d in duties() if d.proof.where and d.proof.kind == "fact")
        plain = planted(Proof("fact", conditional.code))
        journal.record_fact(plain, actor=journal.SYSTEM, now=NOW)
        assert found_for(conditional) == 0
