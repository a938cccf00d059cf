"""A plan in prose (文字式计划) to tasks: one for each sentence, with what is said about owners, deadline and weight."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from gongkai.kernel.numerals import normalise_width
from gongkai.supervision.core.plan_deadlines import DeadlineRead, read_deadline
from gongkai.supervision.core.plan_outline import Outline, Paragraph, Point, read_outline
from gongkai.supervision.core.plan_owners import (
    NOTHING,
    Attributes,
    label_pattern,
    owners_in_clause,
    read_bracket,
    read_labels,
    weight_in,
)
from gongkai.supervision.core.plan_sentences import (
    bracket_spans,
    has_words,
    is_balanced,
    run_in_title,
    sentence_spans,
)
from gongkai.supervision.core.plan_values import PlannedTask, PlanRemark, SourceLine
from gongkai.supervision.core.plan_words import plain


@dataclass(frozen=True)
class _Place:
    """Where in the tree tasks are being made."""

    number: str = ""
    part: str | None = None
    heading: str | None = None
    said: Attributes = NOTHING


@dataclass
class _Draft:
    """A task in the making: `own` is said in its own words, `said` beside them."""

    place: _Place
    text: str
    lines: tuple[int, ...]
    own: Attributes
    said: Attributes = NOTHING


@dataclass
class TextReading:
    """What prose gave."""

    tasks: list[PlannedTask] = field(default_factory=list)
    parts: list[SourceLine] = field(default_factory=list)
    not_understood: list[SourceLine] = field(default_factory=list)
    remarks: list[PlanRemark] = field(default_factory=list)


def read_plan_text(
    lines: Sequence[SourceLine], *, title: str | None, year: int | None, furniture: Collection[str] = ()
) -> TextReading:
    """Read the lines of a plan in prose."""
    outline = read_outline(lines, title=title, furniture=furniture)
    return _Maker(year).run(outline)


class _Maker:
    def __init__(self, year: int | None) -> None:
        self.year = year
        self.out = TextReading()
        self.drafts: list[_Draft] = []
        self._waiting: list[tuple[int, str]] = []  # titles on lines of their own, until a task takes them
        self._prefix = ""
        self._weight: Decimal | None = None
        self._since = 0  # first task of the point that the next bracket or label line speaks of
        self._closed = False

    def run(self, outline: Outline) -> TextReading:
        """Walk the tree and return everything."""
        for line, what in [(x, "文首") for x in outline.front] + [(x, "文末") for x in outline.tail]:
            self._remark("front_matter", f"{what}内容，不是任务", line.number, line.text.strip())
        if not outline.numbered and outline.root.paragraphs:
            self._remark("no_numbering", "没有认出“一、”“（一）”之类的序号，每句作为一项任务，请核对")
        self._point(outline.root, _Place())
        self.out.not_understood += [SourceLine(x.number, x.text.strip()) for x in outline.wordless]
        self.out.tasks = [self._finish(draft) for draft in self.drafts]
        return self.out

    def _remark(self, code: str, message: str, line: int | None = None, text: str = "") -> None:
        self.out.remarks.append(PlanRemark(code, message, line, text))

    def _point(self, point: Point, place: _Place) -> None:
        first_draft = len(self.drafts)
        waiting_before = len(self._waiting)
        self._since, self._closed = first_draft, False
        if point.level:
            place = self._enter(point, place)
        for paragraph in point.paragraphs:
            self._paragraph(paragraph, place)
        for child in point.children:
            self._point(child, place)
        if len(self.drafts) == first_draft and len(self._waiting) > waiting_before:
            left = self._waiting[waiting_before:]
            del self._waiting[waiting_before:]
            self.out.not_understood += [SourceLine(number, text) for number, text in left]
            self._prefix = ""

    def _enter(self, point: Point, place: _Place) -> _Place:
        """Take the point's own line: a title, a title with text, or a task."""
        number = place.number + "".join(normalise_width(point.marker).split()).strip("、.")
        title, rest = run_in_title(point.text)
        bodies = [rest, *(paragraph.text for paragraph in point.paragraphs)]
        if title and not point.children and all(self._says_no_task(body) for body in bodies):
            title, rest = "", point.text
        self._check_brackets(point.text, point.line)
        here = replace(place, number=number, said=self._said_of_title(title).over(place.said))
        if title:
            here = self._title(point, title, here)
        if rest.strip():
            paragraph = Paragraph([(point.line, rest.strip())])
            self._paragraph(paragraph, here)
        return here

    def _says_no_task(self, text: str) -> bool:
        """Tell whether a text is empty or only names owners, deadline or weight of what stands before."""
        sentences = (text[span.start : span.end] for span in sentence_spans(text))
        return all(not self._beside(sentence).is_empty for sentence in sentences if sentence.strip())

    def _said_of_title(self, title: str) -> Attributes:
        said = NOTHING
        for span in bracket_spans(title):
            said = said.over(read_bracket(title[span.start : span.end]))
        weight = weight_in(title)
        self._weight = weight if weight is not None else self._weight if not title else None
        return replace(said, weight=None)

    def _title(self, point: Point, title: str, place: _Place) -> _Place:
        clean = title.strip().rstrip("。：:")
        if point.level == 1 and place.part is None:
            self.out.parts.append(SourceLine(point.line, point.marker + clean))
            return replace(place, part=point.marker.strip() + clean)
        self._waiting.append((point.line, point.marker + point.text))
        if place.heading is None:
            return replace(place, heading=clean)
        self._prefix += title
        return place

    def _check_brackets(self, text: str, line: int) -> None:
        if not is_balanced(text):
            self._remark(
                "unbalanced_brackets", "括号或引号不成对，按原文读取，请核对", line, text.strip()[:60]
            )

    def _paragraph(self, paragraph: Paragraph, place: _Place) -> None:
        text = paragraph.text
        self._check_brackets(text, paragraph.lines[0][0])
        begun = len(self.drafts)
        inline: list[Attributes] = []
        for span in sentence_spans(text):
            sentence, lines = text[span.start : span.end], paragraph.lines_of(span.start, span.end)
            beside = self._beside(sentence)
            if not beside.is_empty and len(self.drafts) > self._since:
                self._append(sentence, lines)
                for draft in self.drafts[self._since :]:
                    draft.said = draft.said.over(beside)
                self._closed = True
            elif not has_words(sentence):
                self._append_or_leave(sentence, lines, begun)
            else:
                if self._closed:
                    self._since, self._closed = len(self.drafts), False
                own = self._own(sentence)
                inline.append(own)
                self._draft(place, sentence, lines, own)
        marked = [a for a in inline if a.lead or a.co_owners or a.deadline]
        if len(marked) == 1 and inline and inline[-1] is marked[0]:
            for draft in self.drafts[begun:]:
                draft.said = draft.said.over(replace(marked[0], weight=None))

    def _beside(self, sentence: str) -> Attributes:
        """Return what a sentence says when it is nothing but a bracket or labels."""
        bare = sentence.strip().rstrip("。;； ")
        spans = bracket_spans(bare)
        if spans and spans[0].start == 0 and spans[-1].end == len(bare):
            said = NOTHING
            for span in spans:
                said = said.over(read_bracket(bare[span.start : span.end]))
            return said
        return read_labels(bare) if label_pattern().match(plain(bare)) else NOTHING

    def _own(self, sentence: str) -> Attributes:
        """Return what a sentence says in its brackets, labels and clauses."""
        said = NOTHING
        for span in reversed(bracket_spans(sentence)):
            said = said.over(read_bracket(sentence[span.start : span.end]))
        label = label_pattern().search(plain(sentence))
        if label:
            said = said.over(read_labels(sentence[label.start() :]))
        lead, co_owners = owners_in_clause(sentence)
        weight = said.weight if said.weight is not None else weight_in(sentence)
        return replace(said.over(Attributes(lead, co_owners)), weight=weight)

    def _draft(self, place: _Place, sentence: str, lines: tuple[int, ...], own: Attributes) -> None:
        waiting, self._waiting = [number for number, _ in self._waiting], []
        text, self._prefix = self._prefix + sentence.strip(), ""
        if own.weight is None and self._weight is not None:
            own = replace(own, weight=self._weight)
        self._weight = None
        all_lines = tuple(dict.fromkeys((*lines, *waiting)))
        self.drafts.append(_Draft(place, text, all_lines, own))

    def _append(self, text: str, lines: tuple[int, ...]) -> None:
        last = self.drafts[-1]
        last.text += text.strip()
        last.lines = tuple(dict.fromkeys((*last.lines, *lines)))

    def _append_or_leave(self, text: str, lines: tuple[int, ...], begun: int) -> None:
        if len(self.drafts) > begun:
            self._append(text, lines)
        else:
            self.out.not_understood += [SourceLine(number, text.strip()) for number in lines]

    def _finish(self, draft: _Draft) -> PlannedTask:
        said = draft.own.over(draft.said).over(draft.place.said)
        found = self._deadline(draft, said)
        line = draft.lines[0]
        if found.impossible:
            self._remark(
                "impossible_date", f"日期不存在：{found.deadline.text}，请确认", line, draft.text[:60]
            )
        if found.others:
            self._remark(
                "several_deadlines", f"还写有其他时限：{'、'.join(found.others)}", line, draft.text[:60]
            )
        return PlannedTask(
            number=draft.place.number or None, part=draft.place.part, heading=draft.place.heading, text=draft.text,
            source_lines=draft.lines, lead=said.lead, co_owners=tuple(c for c in said.co_owners if c not in said.lead),
            deadline=found.deadline, weight=said.weight,
        )  # fmt: skip

    def _deadline(self, draft: _Draft, said: Attributes) -> DeadlineRead:
        """Words in the task's own text win over those at its heading, a label over both."""
        if draft.own.deadline:
            return read_deadline(draft.own.deadline, year=self.year, labelled=True)
        in_text = read_deadline(draft.text, year=self.year)
        if in_text.deadline.text is not None or not said.deadline:
            return in_text
        return read_deadline(said.deadline, year=self.year, labelled=True)
