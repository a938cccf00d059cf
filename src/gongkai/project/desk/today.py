"""The home page of the desk (今日): my steps, lights of what must be public, what went out today. Every number is a link."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.ui.components import Component

from gongkai.catalogue import api as catalogue
from gongkai.journal import api as journal
from gongkai.organisations import api as organisations
from gongkai.records import api as records

SHOWN = 10


class _Panel(Component):
    """A panel of the home page; subclasses compute `values`."""

    template_name: str

    def __init__(self, *, user: Any, today: date, order: int) -> None:
        self.user, self.today, self.order = user, today, order

    def values(self) -> dict[str, Any]:
        """Return what the template shows."""
        raise NotImplementedError

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """Return the template's context."""
        return {"today": self.today, **self.values()}


class LightsPanel(_Panel):
    """How many items are late, due, empty or fine, for each authority or institution that the person may see."""

    template_name = "desk/lights_panel.html"

    def values(self) -> dict[str, Any]:
        """Count the lights; authorities and institutions only, sections keep no catalogue of their own."""
        codes = organisations.scope(user=self.user, action="view", kind="catalogue", today=self.today)
        rows = []
        for info in organisations.list_organisations(include_closed=True):
            if info.code not in codes or info.kind == "section":
                continue
            counts = Counter(
                str(light.light) for light in catalogue.item_lights(org_code=info.code, today=self.today)
            )
            if counts and (info.closed_date is None or set(counts) != {"not_applicable"}):
                rows.append({"organisation": info, "counts": self._ordered(counts)})
        return {"rows": rows, "items_url": reverse("catalogue:items")}

    @staticmethod
    def _ordered(counts: Counter[str]) -> list[tuple[str, str, int]]:
        """Return (light, word, count) in the order of the light table."""
        return [
            (str(light), word, counts[str(light)])
            for light, word in catalogue.LIGHT_WORDS.items()
            if counts[str(light)]
        ]


class StepsPanel(_Panel):
    """What waits for this person, due soonest first."""

    template_name = "desk/steps_panel.html"

    def values(self) -> dict[str, Any]:
        """Ask for the person's steps."""
        codes = organisations.scope(user=self.user, action="view", kind="record", today=self.today)
        count, rows = records.list_waiting(user=self.user, org_codes=codes, today=self.today, limit=SHOWN)
        return {"count": count, "rows": rows, "list_url": f"{reverse('records:list')}?who=waiting"}


class MattersPanel(_Panel):
    """What falls due outside the chain of review: clocks of emergencies, late interpretations, proposals to escalate."""

    template_name = "desk/matters_panel.html"

    def values(self) -> dict[str, Any]:
        """Ask for what this person's posts act on; empty shows nothing."""
        codes = organisations.scope(user=self.user, action="view", kind="record", today=self.today)
        found = records.list_matters(user=self.user, org_codes=codes, today=self.today)
        return {"matters": found[:SHOWN], "count": len(found), "more": max(0, len(found) - SHOWN)}


class PublishedPanel(_Panel):
    """What went out today, from the journal."""

    template_name = "desk/published_panel.html"

    def values(self) -> dict[str, Any]:
        """List the newest releases of today that the person may see."""
        codes = organisations.scope(user=self.user, action="view", kind="record", today=self.today)
        names = ("records.RecordPublished", "records.RecordWithdrawn")
        facts = list(journal.entries(names=names, since=self.today, until=self.today, orgs=codes))
        newest = [
            records.get_release(release_id=int(fact.body["release_id"])) for fact in reversed(facts[-SHOWN:])
        ]
        return {"releases": newest, "count": len(facts), "base_path": settings.BASE_PATH}


def today_panels(request: HttpRequest) -> list[Component]:
    """Return the panels that this person has something to do with."""
    today, user = timezone.localdate(), request.user
    kinds: list[tuple[type[_Panel], str]] = [
        (MattersPanel, "record"),
        (StepsPanel, "record"),
        (LightsPanel, "catalogue"),
        (PublishedPanel, "record"),
    ]
    return [
        panel(user=user, today=today, order=100 * number)
        for number, (panel, kind) in enumerate(kinds, start=1)
        if organisations.scope(user=user, action="view", kind=kind, today=today)
    ]
