from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0010_waiting_once'),
    ]

    operations = [
        migrations.AddField(
            model_name='waitingentry',
            name='known',
            field=models.JSONField(default=dict),
        ),
    ]
