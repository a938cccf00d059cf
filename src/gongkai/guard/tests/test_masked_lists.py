"""A benefit list whose numbers are all masked may go out; one bare number holds it back."""

from __future__ import annotations

import pytest

from gongkai.guard.api import Document, Part, check
from gongkai.kernel.findings import Severity

HEADS = ("序号", "姓名", "身份证号", "补助金额（元）")


def findings(numbers: tuple[str, ...]) -> dict[str, Severity]:
    rows = (HEADS, *((str(n), f"赵某{n}", number, "600") for n, number in enumerate(numbers, start=1)))
    text = "\n".join("\t".join(row) for row in rows)
    document = Document(
        parts=(Part("title", "2025年临时救助资金发放名单公示"), Part("table", text, table=rows))
    )
    return {finding.detector: finding.severity for finding in check(document)}


def test_list_with_every_number_masked_is_not_held_back_but_hinted_at():
    found = findings(("119999********1234", "119999********5678", "119999********901X"))
    assert found["pii.welfare_list"] is Severity.INFO
    assert Severity.BLOCK not in found.values()


@pytest.mark.parametrize("bare", ["119999199003071234", "1199991990"])
def test_list_with_one_bare_number_is_held_back(bare):
    found = findings(("119999********1234", bare, "119999********901X"))
    assert found["pii.welfare_list"] is Severity.BLOCK
