"""Django app of the annual report room."""

from django.apps import AppConfig


class AnnualReportConfig(AppConfig):
    """The annual report room (年度报告)."""

    name = "gongkai.annual_report"
    label = "annual_report"
    verbose_name = "年度报告"

    def ready(self) -> None:
        """Let `journal verify` compare frozen reports with the facts of their approval."""
        from gongkai.annual_report.table_checks import differences_in_reports
        from gongkai.journal import api as journal

        journal.register_table_check("annual_report_reportrun", differences_in_reports)
