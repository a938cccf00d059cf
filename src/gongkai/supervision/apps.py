"""Django app of the supervision room."""

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """The supervision room (监督考核)."""

    name = "gongkai.supervision"
    label = "supervision"
    verbose_name = "监督考核"

    def ready(self) -> None:
        """Let `journal verify` compare the tables of this room with their facts; have proposals to escalate told."""
        from gongkai.journal import api as journal
        from gongkai.records import api as records
        from gongkai.supervision import governance_checks, table_checks
        from gongkai.supervision.selectors_escalation import proposal_matters

        records.add_matter_source(proposal_matters)

        for name, check in (
            ("supervision_plan", table_checks.differences_in_plans),
            ("supervision_task", table_checks.differences_in_tasks),
            ("supervision_order", table_checks.differences_in_orders),
            ("supervision_put_off", table_checks.differences_in_put_offs),
            ("supervision_evidence", table_checks.differences_in_evidence),
            ("supervision_assessment", governance_checks.differences_in_assessments),
            ("supervision_meeting", governance_checks.differences_in_meetings),
            ("supervision_training", governance_checks.differences_in_training),
            ("supervision_responsibility", governance_checks.differences_in_responsibility),
            ("supervision_circular", governance_checks.differences_in_circulars),
            ("supervision_survey", governance_checks.differences_in_surveys),
        ):
            journal.register_table_check(name, check)
