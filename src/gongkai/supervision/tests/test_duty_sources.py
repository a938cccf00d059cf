"""Every proof of the shipped duties names something that exists: an item, a register, a fact with that field."""

from __future__ import annotations

import csv
import dataclasses
from datetime import date

import pytest

from gongkai.catalogue import facts as catalogue_facts
from gongkai.journal.facts import FACTS
from gongkai.kernel.regulations import regulations_dir
from gongkai.records import facts as records_facts
from gongkai.registers import api as registers
from gongkai.requests import facts as requests_facts
from gongkai.supervision import facts as supervision_facts
from gongkai.supervision.core.duties import Duty, duties

ROOMS = (catalogue_facts, records_facts, requests_facts, supervision_facts)


@pytest.mark.parametrize("duty", [d for d in duties() if d.is_provable], ids=lambda d: d.id)
def test_a_proof_exists(duty: Duty) -> None:
    assert ROOMS
    proof = duty.proof
    if proof.kind == "item":
        with (regulations_dir() / "catalogue/statutory.csv").open(encoding="utf-8-sig") as stream:
            assert proof.code in {row["code"] for row in csv.DictReader(stream)}
    elif proof.kind == "register":
        assert registers.register(proof.code, on=date(2020, 12, 31))
    else:
        fields = {field.name for field in dataclasses.fields(FACTS[proof.code])}
        assert set(proof.where) <= fields
