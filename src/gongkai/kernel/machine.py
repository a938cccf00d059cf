"""State machines as data (状态表): a room's table of transitions, one step function, and a diagram for its README."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transition:
    """One verb that an actor may do in some states (状态变化).

    `target` is None when the verb leaves the state as it is. `guards` are names of conditions that the room's service checks;
    `fact` is the name of the fact written to the journal, None when none is; `basis` is the law or house rule behind it.
    """

    verb: str
    sources: tuple[str, ...]
    target: str | None
    actor: str
    guards: tuple[str, ...] = ()
    fact: str | None = None
    basis: str = ""

    def lands_in(self, state: str) -> str:
        """Return the state after the verb was done in `state`."""
        return state if self.target is None else self.target


Table = tuple[Transition, ...]


class NotAllowed(ValueError):
    """The verb cannot be done in this state; `allowed` lists what can."""

    def __init__(self, state: str, verb: str, allowed: tuple[str, ...]) -> None:
        self.state, self.verb, self.allowed = str(state), verb, allowed
        options = "、".join(allowed) if allowed else "没有（已是最终状态）"
        super().__init__(f"当前状态“{self.state}”下不能执行“{verb}”；此时可以执行：{options}")

    def __reduce__(self) -> tuple[type[NotAllowed], tuple[str, str, tuple[str, ...]]]:
        return type(self), (self.state, self.verb, self.allowed)


class TableError(ValueError):
    """A state table contradicts itself; the message lists every fault."""


def step(*, table: Table, state: str, verb: str) -> Transition:
    """Return the transition that `verb` makes from `state` (走一步). Raises NotAllowed with what is allowed instead."""
    for transition in table:
        if transition.verb == verb and state in transition.sources:
            return transition
    raise NotAllowed(state, verb, verbs_from(table, state))


def verbs_from(table: Table, state: str) -> tuple[str, ...]:
    """List the verbs that can be done in `state`, in table order, each once."""
    return tuple(dict.fromkeys(transition.verb for transition in table if state in transition.sources))


def states_of(table: Table) -> tuple[str, ...]:
    """List every state that the table names, in order of appearance."""
    named: dict[str, None] = {}
    for transition in table:
        named.update(dict.fromkeys(map(str, transition.sources)))
        if transition.target is not None:
            named[str(transition.target)] = None
    return tuple(named)


def check_table(table: Table, initial: str | Collection[str] | None = None) -> None:
    """Prove that a table is sound (校验状态表): no verb twice from one state, every state reachable.

    `initial` is the state, or states, in which a case is born; by default the first source of the first transition.

    Raises:
        TableError: names each duplicate, each transition without source, each state that cannot be reached.
    """
    if not table:
        raise TableError("状态表是空的")
    faults = [f"“{transition.verb}”没有起始状态" for transition in table if not transition.sources]
    pairs = Counter((transition.verb, str(source)) for transition in table for source in transition.sources)
    faults += [f"“{verb}”在状态“{source}”下重复定义" for (verb, source), count in pairs.items() if count > 1]
    if initial is None:
        born = {str(table[0].sources[0])} if table[0].sources else set()
    else:
        born = {str(initial)} if isinstance(initial, str) else {str(state) for state in initial}
    reached = _reachable(table, born)
    faults += [f"状态“{state}”无法到达" for state in states_of(table) if state not in reached]
    if faults:
        raise TableError("；".join(faults))


def mermaid(table: Table, initial: str) -> str:
    """Draw the table as a Mermaid state diagram, for a README (状态图)."""
    lines = ["stateDiagram-v2", f"    [*] --> {initial}"]
    for transition in table:
        label = (
            transition.verb
            if not transition.guards
            else f"{transition.verb} [{', '.join(transition.guards)}]"
        )
        for source in transition.sources:
            lines.append(f"    {source} --> {transition.lands_in(source)}: {label}")
    leaving = {
        str(source)
        for t in table
        for source in t.sources
        if t.target is not None and str(t.target) != str(source)
    }
    lines += [f"    {state} --> [*]" for state in states_of(table) if state not in leaving]
    return "\n".join(lines) + "\n"


def _reachable(table: Table, born: set[str]) -> set[str]:
    reached, frontier = set(born), set(born)
    while frontier:
        frontier = {
            str(t.lands_in(source)) for t in table for source in map(str, t.sources) if source in frontier
        } - reached
        reached |= frontier
    return reached
