from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0005_calendar_tried'),
    ]

    operations = [
        migrations.AddField(
            model_name='reason',
            name='blind_rules',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
