"""Check the law: `python -m tools.rule_files` reads every file under regulations/ and lets each room load its own."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1] / "regulations"
CONFIDENCE = {"confirmed", "confirmed_local", "knowledge", "unconfirmed", "design"}
# Functions without arguments by which the rooms read their rules; each must succeed.
LOADERS = (
    "gongkai.kernel.calendar.load_calendar",
    "gongkai.kernel.clock_rules.load_clocks",
    "gongkai.kernel.clock_rules.load_conventions",
    "gongkai.kernel.official_paper.layout",
    "gongkai.project.retention.rules.retention_rules",
    "gongkai.organisations.core.roles.role_book",
    "gongkai.organisations.core.account_rules.account_rules",
    "gongkai.organisations.core.institution_types.institution_types",
    "gongkai.catalogue.core.defaults.item_classes",
    "gongkai.catalogue.core.defaults.column_defaults",
    "gongkai.catalogue.core.column_rules.all_column_rules",
    "gongkai.catalogue.core.column_rules.practice",
    "gongkai.catalogue.core.institution_items.institution_groups",
    "gongkai.records.core.withdrawal.withdrawal_reasons",
    "gongkai.records.core.withholding.grounds",
    "gongkai.records.core.interpretation.plan_rules",
    "gongkai.records.core.interpretation.forms",
    "gongkai.records.core.interpretation.posts",
    "gongkai.records.core.interpretation.exceptions",
    "gongkai.records.core.overlap.overlap_rule",
    "gongkai.records.core.cleanup.cleanup_decisions",
    "gongkai.records.core.cleanup.cleanup_scope",
    "gongkai.records.core.topics.topics",
    "gongkai.records.core.numbering.index_rules",
    "gongkai.records.core.chains.chains",
    "gongkai.records.core.chains.waiver_rules",
    "gongkai.requests.core.outcomes.outcomes",
    "gongkai.requests.core.outcomes.derivation",
    "gongkai.requests.core.fees.fee_rules",
    "gongkai.requests.core.remedies.remedy_rules",
    "gongkai.requests.core.letter_rules.letter_rules",
    "gongkai.requests.core.rules.room_rules",
    "gongkai.supervision.core.plan_words.deadline_rules",
    "gongkai.supervision.core.duties.duties",
    "gongkai.supervision.core.lights.light_rule",
    "gongkai.supervision.core.assessment.indicators",
    "gongkai.supervision.core.assessment.scoring",
    "gongkai.supervision.core.bindings.shipped_bindings",
    "gongkai.supervision.core.indicator_system.shipped_system",
    "gongkai.supervision.core.practice.practice",
    "gongkai.supervision.core.practice.grounds",
    "gongkai.supervision.core.escalation.escalation_rules",
    "gongkai.supervision.core.survey.questionnaires",
    "gongkai.supervision.core.survey.method",
    "gongkai.portal.core.subscription_rules.subscription_rules",
    "gongkai.project.keeping.keeping",
    "gongkai.guard.core.registry.registry",
    "gongkai.guard.core.lexicon.base_lexicon",
    "gongkai.guard.attachments.rules.load_rules",
    "gongkai.registers.core.schema.all_registers",
    "gongkai.registers.core.water.limits",
    "gongkai.registers.core.code_lists.diseases",
    "gongkai.registers.core.gates.publication_gates",
    "gongkai.portal.search.vocabulary.said_words",
    "gongkai.portal.search.vocabulary.question_words",
    "gongkai.annual_report.core.formats.report_formats",
    "gongkai.annual_report.core.metrics.all_metrics",
    "gongkai.annual_report.core.derived.relations",
    "gongkai.annual_report.core.texts.section_texts",
    "gongkai.annual_report.core.ladder.ladder",
    "gongkai.annual_report.core.month_counts.panel_rule",
    "gongkai.annual_report.core.narrative.said_rules",
)


class _UniqueKeys(yaml.SafeLoader):
    """A safe loader that refuses a key written twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Build the mapping; a repeated key is an error with its line."""
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        twice = [key for key, count in keys.items() if count > 1]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"重复的键 {twice[0]}", node.start_mark)
        return dict(super().construct_mapping(node, deep=deep))


def _rule_lists(content: Any) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """Yield the lists of rules of a file (mappings with an `id`) with what the file says for all of them."""
    if not isinstance(content, dict):
        return
    shared = {**content, **(content.get("meta") or {})}
    for value in content.values():
        if isinstance(value, list) and value and all(isinstance(row, dict) and "id" in row for row in value):
            yield value, shared


def yaml_faults(path: Path) -> list[str]:
    """Return what is wrong with one YAML file, in Chinese."""
    name = path.relative_to(ROOT)
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except yaml.YAMLError as error:
        return [f"{name}：读不懂：{error}"]
    faults = []
    for rows, shared in _rule_lists(content):
        versions = Counter(
            (row["id"], str(row.get("version", "")), str(row.get("in_force_from", ""))) for row in rows
        )
        faults += [f"{name}：编号 {key[0]} 重复" for key, count in versions.items() if count > 1]
        for row in rows:
            confidence = row.get("confidence", shared.get("confidence"))
            if isinstance(
                confidence, int | float
            ):  # how sure a detector is of its own find; the rule's is the file's
                confidence = shared.get("confidence")
            if confidence is not None and confidence not in CONFIDENCE:
                faults.append(f"{name}：{row['id']} 的 confidence 是“{confidence}”，不在约定的词中")
            if confidence is None:
                faults.append(f"{name}：{row['id']} 没有 confidence（本条或全文件都没有）")
            if not row.get("basis", shared.get("basis")):
                faults.append(f"{name}：{row['id']} 没有 basis（本条或全文件都没有）")
    return faults


def csv_faults(path: Path) -> list[str]:
    """Return what is wrong with one CSV file: every row has as many cells as the header."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    if not rows or len(set(rows[0])) != len(rows[0]):
        return [f"{path.relative_to(ROOT)}：没有表头或表头重复"]
    width = len(rows[0])
    return [
        f"{path.relative_to(ROOT)}：第 {n} 行有 {len(row)} 格，应为 {width} 格"
        for n, row in enumerate(rows, start=1)
        if len(row) != width
    ]


def load_faults() -> list[str]:
    """Let every room load its rules; return the errors."""
    faults = []
    for dotted in LOADERS:
        module, _, function = dotted.rpartition(".")
        try:
            getattr(import_module(module), function)()
        except Exception as error:  # whatever a room raises is the finding
            faults.append(f"{dotted}：{type(error).__name__}：{error}")
    return faults


def faults() -> list[str]:
    """Return everything that is wrong with the rule files."""
    found = [fault for path in sorted(ROOT.rglob("*.yaml")) for fault in yaml_faults(path)]
    found += [fault for path in sorted(ROOT.rglob("*.csv")) for fault in csv_faults(path)]
    return found + load_faults()


def main() -> int:
    """Print the faults; 1 when there are any."""
    found = faults()
    for fault in found:
        print(fault, file=sys.stderr)
    count = sum(1 for path in ROOT.rglob("*") if path.suffix in {".yaml", ".csv"})
    if not found:
        print(f"法规数据：{count} 个文件，全部可用")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
