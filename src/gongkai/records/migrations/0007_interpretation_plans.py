
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0006_withheld_and_expiring'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='record',
            name='interpretation_plan',
            field=models.JSONField(blank=True, editable=False, null=True, verbose_name='解读方案'),
        ),
        migrations.CreateModel(
            name='InterpretationExemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveIntegerField(verbose_name='第几次')),
                ('ground', models.CharField(max_length=40, verbose_name='理由')),
                ('reason', models.CharField(max_length=500, verbose_name='具体说明')),
                ('content_sha256', models.CharField(max_length=64)),
                ('role', models.CharField(max_length=40)),
                ('on_behalf_of', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interpretation_exemptions', to='records.record')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '不配发解读的决定',
                'verbose_name_plural': '不配发解读的决定',
                'ordering': ['id'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('record', 'sequence'), name='one_exemption_a_sequence'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('ground', ''), _negated=True)), name='exempt_with_reason')],
            },
        ),
    ]
