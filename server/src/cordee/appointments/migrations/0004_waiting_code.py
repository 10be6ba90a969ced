from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0003_seats_given_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='waitingentry',
            name='code',
            field=models.CharField(max_length=12, null=True, unique=True),
        ),
    ]
