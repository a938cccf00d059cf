"""Where a report stands on the way to its day of publication (年报进度)."""

from __future__ import annotations

from datetime import date

from gongkai.annual_report.core.ladder import StepStanding, standings
from gongkai.annual_report.models import ReportRun
from gongkai.annual_report.services.run_report import unbound_of
from gongkai.kernel.calendar import load_calendar
from gongkai.records import api as records


def list_ladder(*, org_code: str, year: int, today: date, scope: str = "own") -> list[StepStanding]:
    """List the steps for the report of a year with their days and lights."""
    runs = ReportRun.objects.filter(org_code=org_code, year=year, scope=scope)
    run = runs.filter(state=ReportRun.APPROVED).first() or runs.order_by("-id").first()
    done = _marks(run) if run is not None else set()
    return list(standings(year=year, done=done, today=today, calendar=load_calendar()))


def _marks(run: ReportRun) -> set[str]:
    done = {"built"}
    frozen = run.state == ReportRun.APPROVED
    if run.text_version > 1 or frozen:
        done.add("written")
    if frozen or not (run.outcome.get("has_errors", True) or unbound_of(run)):
        done.add("bound")
    if frozen:
        done.add("approved")
    if run.record_id:
        done.add("drafted")
        release = records.current_release(record_id=int(run.record_id))
        if release is not None and release.kind == "publish":
            done.add("published")
    return done
