"""Count the statistics lines that are there already by their months."""

from django.db import migrations
from django.db.models import Count
from django.db.models.functions import TruncMonth


def count(apps, schema_editor):
    """Fold every line once; from now on each line is counted when it is written."""
    lines = apps.get_model("requests", "TallyLine").objects
    months = apps.get_model("requests", "TallyMonth").objects
    months.bulk_create(
        (
            months.model(org_code=org, kind=kind, month=month, row=row, column=column, number=number)
            for org, kind, month, row, column, number in lines.annotate(month=TruncMonth("on"))
            .values_list("org_code", "kind", "month", "row", "column")
            .annotate(n=Count("pk"))
            .order_by()
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("requests", "0004_open_cases_and_months")]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
