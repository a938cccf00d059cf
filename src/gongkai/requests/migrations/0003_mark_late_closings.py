"""Mark the cases that were closed after their limit before there was a mark for it."""

from django.db import migrations
from django.db.models import F


def mark(apps, schema_editor):
    """Compare both days once; from now on the act of closing sets the mark."""
    cases = apps.get_model("requests", "Case").objects
    cases.filter(closed_date__gt=F("due_date")).update(closed_late=True)


class Migration(migrations.Migration):
    dependencies = [("requests", "0002_further_rounds_office_settings_notices")]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
