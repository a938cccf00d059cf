"""Facts that registers write (台账的事实): codes, numbers and dates of a row, never its texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from gongkai.journal.facts import Code, Fact, Sha256


class RowRecorded(Fact, name="registers.RowRecorded"):
    """A row was entered or changed; `on` is the day it counts for. The newest of a subject counts."""

    register: Code
    row_version: int
    digest: Sha256
    codes: Mapping[Code, Code]
    numbers: Mapping[Code, Decimal]
    dates: Mapping[Code, date]


class RowRemoved(Fact, name="registers.RowRemoved"):
    """A row was taken out of the register; it counts no more."""

    register: Code
    row_version: int
