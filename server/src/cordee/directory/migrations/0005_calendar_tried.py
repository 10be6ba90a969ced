from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0004_mandate'),
    ]

    operations = [
        migrations.AddField(
            model_name='agent',
            name='calendar_tried_at',
            field=models.DateTimeField(null=True),
        ),
    ]
