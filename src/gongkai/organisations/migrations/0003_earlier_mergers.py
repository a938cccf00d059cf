"""Write the successor of earlier mergers into the table of successions."""

from datetime import timedelta

from django.db import migrations


def fill(apps, schema_editor):
    """One row for each organisation that was merged before the table existed."""
    organisations = apps.get_model("organisations", "Organisation").objects
    successions = apps.get_model("organisations", "Succession").objects
    for row in organisations.filter(closed_date__isnull=False, merged_into__isnull=False):
        successions.get_or_create(
            ended=row, successor_id=row.merged_into_id, defaults={"from_date": row.closed_date + timedelta(days=1)}
        )


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_succession")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
