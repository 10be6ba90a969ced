from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0004_waiting_code'),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='spoken',
            field=models.CharField(blank=True, default='', max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='waitingentry',
            name='spoken',
            field=models.CharField(blank=True, default='', max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='waitingentry',
            name='interpreted',
            field=models.CharField(blank=True, default='', max_length=8),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='waitingentry',
            name='is_wheelchair_needed',
            field=models.BooleanField(default=False),
        ),
    ]
