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


class ColumnSettingChanged(Fact, name="catalogue.ColumnSettingChanged"):
    """Who answers for a column, or its rhythm, was changed."""

    column: Code
    owner: Code | None
    cadence_days: int | None


class TimelinessSettingChanged(Fact, name="catalogue.TimelinessSettingChanged"):
    """Lead of reminders, or mailing of the monthly list, was changed; None means the default of the rule file."""

    lead_working_days: int | None
    monthly_mail: bool


class MonthlyListMade(Fact, name="catalogue.MonthlyListMade"):
    """A section's list of the month was made; `on` is the day it was counted, the numbers are lines by state."""

    section: Code
    month: date
    late: int
    due: int
    empty: int
    soon_empty: int
    told: int
