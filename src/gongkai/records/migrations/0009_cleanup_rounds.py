
import django.db.models.deletion
import gongkai.records.core.cleanup
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0008_events_and_pins'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CleanupRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org_code', models.CharField(db_index=True, max_length=60, verbose_name='单位')),
                ('title', models.CharField(max_length=100, verbose_name='名称')),
                ('scope', models.JSONField(verbose_name='范围')),
                ('state', models.CharField(choices=[('open', '逐件决定中'), ('decided', '已全部决定'), ('drafted', '结果在审'), ('announced', '结果已公布'), ('cancelled', '已取消')], default='open', max_length=10, verbose_name='状态')),
                ('started_at', models.DateTimeField(verbose_name='开始时间')),
                ('announced_at', models.DateTimeField(blank=True, null=True, verbose_name='公布时间')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('result', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cleanup_round', to='records.record')),
                ('started_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '规范性文件清理',
                'verbose_name_plural': '规范性文件清理',
                'ordering': ['-id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CleanupItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.TextField(max_length=500, verbose_name='文件名称')),
                ('number', models.CharField(blank=True, max_length=100, verbose_name='发文字号')),
                ('formed_date', models.DateField(null=True, verbose_name='成文日期')),
                ('decision', models.CharField(blank=True, max_length=20, verbose_name='决定')),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cleanup_items', to='records.record')),
                ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.release')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='records.cleanupround')),
            ],
            options={
                'verbose_name': '清理的文件',
                'verbose_name_plural': '清理的文件',
                'ordering': ['formed_date', 'id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='CleanupDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sequence', models.PositiveIntegerField(verbose_name='第几次')),
                ('decision', models.CharField(max_length=20, verbose_name='决定')),
                ('reason', models.CharField(max_length=300, verbose_name='说明')),
                ('role', models.CharField(max_length=40)),
                ('on_behalf_of', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.record')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='records.cleanupitem')),
            ],
            options={
                'verbose_name': '清理决定',
                'verbose_name_plural': '清理决定',
                'ordering': ['id'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('item', 'sequence'), name='one_cleanup_decision_a_sequence'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('decision', ''), _negated=True)), name='cleaned_up_with_reason')],
            },
        ),
        migrations.AddConstraint(
            model_name='cleanupround',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['decided', 'drafted', 'open'])), fields=('org_code',), name='one_cleanup_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='cleanupround',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', gongkai.records.core.cleanup.RoundState)), name='cleanup_state_known'),
        ),
        migrations.AddConstraint(
            model_name='cleanupround',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'decided', 'cancelled']), ('result__isnull', False), _connector='OR'), name='cleanup_result_is_a_record'),
        ),
        migrations.AddConstraint(
            model_name='cleanupitem',
            constraint=models.UniqueConstraint(fields=('round', 'record'), name='listed_once_a_cleanup'),
        ),
    ]
