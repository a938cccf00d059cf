"""The door of registers (台账与数据集): ledgers declared as data, whose rows are facts."""

from __future__ import annotations

from gongkai.registers.core.aggregate import Share, suppressed, totals
from gongkai.registers.core.package import package_files, table_csv, table_json, table_schema
from gongkai.registers.core.rows import CellProblem, RowRefused, check_row, fact_values
from gongkai.registers.core.schema import Register, RegisterField, RegisterUnknown, register, registers
from gongkai.registers.selectors import iter_values, public_rows, rows_of
from gongkai.registers.selectors_standings import RegisterStanding, list_standings
from gongkai.registers.services.draft_release import draft_release
from gongkai.registers.services.import_rows import drop_batch, promote, stage_table
from gongkai.registers.services.offer_items import offer_items
from gongkai.registers.services.record_row import record_row, remove_row
from gongkai.registers.services.record_rows import record_rows

__all__ = [
    "CellProblem",
    "Register",
    "RegisterField",
    "RegisterStanding",
    "RegisterUnknown",
    "RowRefused",
    "Share",
    "check_row",
    "draft_release",
    "drop_batch",
    "fact_values",
    "iter_values",
    "list_standings",
    "offer_items",
    "package_files",
    "promote",
    "public_rows",
    "record_row",
    "record_rows",
    "register",
    "registers",
    "remove_row",
    "rows_of",
    "stage_table",
    "suppressed",
    "table_csv",
    "table_json",
    "table_schema",
    "totals",
]
