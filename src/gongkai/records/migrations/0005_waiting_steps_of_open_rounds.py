"""Rounds that are open name their step with its chain, and since when it waits (data only)."""

from django.db import migrations


def name_steps(apps, schema_editor):
    state_model = apps.get_model("records", "RecordState")
    submissions = apps.get_model("records", "Submission")
    reviews = apps.get_model("records", "Review")
    for state in state_model.objects.filter(state__in=["in_review", "approved", "scheduled"]):
        turn = submissions.objects.filter(record_id=state.pk, round=state.round).first()
        if turn is None:
            continue
        last = reviews.objects.filter(record_id=state.pk, round=state.round, decision="signed").order_by("pk").last()
        if state.waits_for and ":" not in state.waits_for:
            state.waits_for = f"{turn.chain_id}:{state.waits_for}"
        state.waiting_since = last.at if last else turn.at
        state.save(update_fields=["waits_for", "waiting_since"])


class Migration(migrations.Migration):
    dependencies = [("records", "0004_review_at_full_strength")]
    operations = [migrations.RunPython(name_steps, migrations.RunPython.noop)]
