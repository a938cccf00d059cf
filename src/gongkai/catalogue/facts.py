"""Facts that the catalogue writes (目录的事实)."""

from __future__ import annotations

from datetime import date

from gongkai.journal.facts import Code, Fact, Sha256


class CatalogueImported(Fact, name="catalogue.CatalogueImported"):
    """A new edition of the catalogue came into force."""

    version: int
    items: int
    source_sha256: Sha256


class ObligationOpened(Fact, name="catalogue.ObligationOpened"):
    """Something was formed or changed and must be public; `on` is that day."""

    item: Code
    event: Code
    is_result: bool


class ObligationMet(Fact, name="catalogue.ObligationMet"):
    """A duty to publish was met; `days_late` in working days, 0 when in time."""

    item: Code
    due_date: date
    days_late: int


class ObligationClosed(Fact, name="catalogue.ObligationClosed"):
    """A duty to publish was closed without publication, with a reason kept in the table."""

    item: Code


class ItemSettingChanged(Fact, name="catalogue.ItemSettingChanged"):
    """Owner, rhythm or applicability of an item was changed."""

    item: Code
    owner: Code | None
    cadence_days: int | None
    applicable: bool
