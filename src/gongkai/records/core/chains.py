"""Review chains (审查流程): which signatures a record needs, by class and grade, from `regulations/review/`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from gongkai.kernel.clocks import load_clocks
from gongkai.kernel.findings import Severity
from gongkai.kernel.rules import Confidence, RuleError, in_force, load_rules

ReviewKind = Literal["content", "personal_data", "legality", "openness", "secrecy", "approval", "principal"]
Demand = Literal["foreign_issuer", "source_named", "small_change", "letters_only", "moved_in"]
REVIEW_LABELS: dict[str, str] = {
    "content": "内容审核",
    "personal_data": "个人信息审查",
    "legality": "合法性审核",
    "openness": "公开属性审查",
    "secrecy": "保密审查",
    "approval": "批准发布",
    "principal": "主要负责人审定",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of a chain: one person of one of the roles signs all its kinds, within its `clock` (a time limit's id).

    `after` stops are signed after publication, for exactly what went out.
    """

    name: str
    kinds: tuple[ReviewKind, ...]
    roles: tuple[str, ...]
    clock: str
    after: bool = False

    @property
    def label(self) -> str:
        """Return the stop as a person reads it."""
        return "、".join(REVIEW_LABELS[kind] for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class NamedAuthority:
    """On whose decision something may go out before its review (先发的授权依据)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The stops a record passes, in order. Empty `kinds`, `grades`, `publishers` or `changes` means all.

    A `batch` chain is signed for a list of records as a whole; class and grade never lead to it.
    """

    id: str
    version: int
    name: str
    steps: tuple[Step, ...]
    publish_clock: str
    basis: tuple[str, ...]
    confidence: Confidence
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    publishers: tuple[Literal["authority", "institution"], ...] = ()
    changes: tuple[str, ...] = ()
    demands: tuple[Demand, ...] = ()
    authorities: tuple[NamedAuthority, ...] = ()
    batch: bool = False
    scope: str = "national"
    in_force_from: date | None = None
    in_force_to: date | None = None

    @property
    def is_light(self) -> bool:
        """Tell whether one person signs everything, because only letters changed (文字勘误)."""
        return "letters_only" in self.demands

    @property
    def review_kinds(self) -> tuple[str, ...]:
        """Return every kind of signature the chain needs, in order."""
        return tuple(kind for step in self.steps for kind in step.kinds)

    @property
    def first_steps(self) -> tuple[Step, ...]:
        """Return the stops before publication."""
        return tuple(step for step in self.steps if not step.after)

    @property
    def later_steps(self) -> tuple[Step, ...]:
        """Return the stops after publication (事后补审); none for most chains."""
        return tuple(step for step in self.steps if step.after)

    @property
    def kinds_before(self) -> tuple[str, ...]:
        """Return the kinds of signature without which nothing goes out."""
        return tuple(kind for step in self.first_steps for kind in step.kinds)

    def authority(self, authority_id: str) -> NamedAuthority | None:
        """Return one of the authorities under which this chain lets something go out first."""
        return next((one for one in self.authorities if one.id == authority_id), None)

    def step_of(self, kind: str) -> Step | None:
        """Return the stop at which this kind is signed."""
        return next((step for step in self.steps if kind in step.kinds), None)


@dataclass(frozen=True, slots=True)
class WaiverRule:
    """Who may let a finding pass with a reason, by severity; a rule that names detectors wins over one that does not."""

    id: str
    severity: Severity
    roles: tuple[str, ...]
    needed_before: Literal["submit", "publish", "never"]
    basis: tuple[str, ...]
    confidence: Confidence
    detectors: tuple[str, ...] = ()
    scope: str = "national"


@lru_cache(maxsize=1)
def chains() -> tuple[Chain, ...]:
    """Load every chain; each must hold the four signatures of the house, each kind once."""
    loaded = load_rules("review", Chain, only=("chains.yaml", "moved_in.yaml"))
    for chain in loaded:
        if problem := _fault(chain):
            raise RuleError(file="review", rule_id=chain.id, field=problem[0], problem=problem[1])
    return loaded


def _fault(chain: Chain) -> tuple[str, str] | None:
    """Return the field and the fault of a chain that could not hold its promises."""
    kinds = chain.review_kinds
    missing = {"content", "personal_data", "secrecy", "approval"} - set(kinds)
    if missing or len(set(kinds)) != len(kinds) or not all(step.roles for step in chain.steps):
        return (
            "steps",
            f"每类审查须恰有一次，且每步须有角色；缺 {'、'.join(sorted(missing)) or '无'}",
        )
    if chain.steps != chain.first_steps + chain.later_steps or "approval" not in chain.kinds_before:
        return "steps", "事后补审的步骤须排在最后，批准发布须在发布之前"
    if bool(chain.later_steps) != bool(chain.authorities):
        return "authorities", "有事后补审的流程须写明先发的授权依据，没有的不得写"
    for rule_id in (*(step.clock for step in chain.steps), chain.publish_clock):
        if rule_id not in load_clocks():
            return "clock", f"没有编号为“{rule_id}”的时限规则"
    return None


@lru_cache(maxsize=1)
def waiver_rules() -> tuple[WaiverRule, ...]:
    """Load who may waive what."""
    return load_rules("review", WaiverRule, only=("waivers.yaml",))


def chain_for(
    *, kind: str, grade: str, on: date, publisher: str = "authority", change: str = "first"
) -> Chain:
    """Return the chain in force for a class and grade; the one that names more wins. Raises LookupError if none.

    `publisher` is the kind of organisation that publishes: authority or institution; `change` what kind of new version it is.
    """
    fitting = [
        chain
        for chain in in_force(chains(), on)
        if not chain.batch
        and (not chain.kinds or kind in chain.kinds)
        and (not chain.grades or grade in chain.grades)
        and (not chain.publishers or publisher in chain.publishers)
        and (not chain.changes or change in chain.changes)
    ]
    if not fitting:
        raise LookupError(
            f"没有适用于类别“{kind}”、等级“{grade}”的审查流程；请检查 regulations/review/chains.yaml"
        )
    return max(
        fitting,
        key=lambda chain: (
            bool(chain.kinds) + bool(chain.grades) + bool(chain.publishers) + bool(chain.changes),
            bool(chain.changes),
            bool(chain.kinds),
        ),
    )


def batch_chain(*, on: date) -> Chain:
    """Return the chain in force for what moves in from an old site, signed by the list. Raises LookupError if none."""
    for chain in in_force(chains(), on):
        if chain.batch:
            return chain
    raise LookupError("没有原网站迁移的审查流程；请检查 regulations/review/moved_in.yaml")


def chain_by_id(chain_id: str, version: int) -> Chain:
    """Return the chain a round was begun with. Raises LookupError."""
    for chain in chains():
        if chain.id == chain_id and chain.version == version:
            return chain
    raise LookupError(f"审查流程 {chain_id} 第 {version} 版不在 regulations/review/chains.yaml 中")


def open_step(chain: Chain, signed: Collection[str]) -> Step | None:
    """Return the first stop that is not fully signed, None when the chain is complete."""
    return next((step for step in chain.steps if not set(step.kinds) <= set(signed)), None)


def waiver_rule(*, detector: str, severity: str) -> WaiverRule:
    """Return the rule for a finding. Raises LookupError when the severity has none."""
    fitting = [
        rule
        for rule in waiver_rules()
        if rule.severity.value == severity and (not rule.detectors or _named(detector, rule.detectors))
    ]
    if not fitting:
        raise LookupError(f"没有级别“{severity}”的放行规则；请检查 regulations/review/waivers.yaml")
    return max(fitting, key=lambda rule: _exactness(detector, rule.detectors))


def _exactness(detector: str, names: Iterable[str]) -> int:
    """Return how exactly a rule names a detector: by its whole id, by its beginning, or not at all."""
    listed = tuple(names)
    return 2 if detector in listed else 1 if listed else 0


def _named(detector: str, names: Iterable[str]) -> bool:
    return any(detector == name or (name.endswith(".") and detector.startswith(name)) for name in names)
