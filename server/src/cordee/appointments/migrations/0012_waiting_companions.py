from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0011_waiting_known'),
    ]

    operations = [
        migrations.AddField(
            model_name='waitingentry',
            name='referrer',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='waitingentry',
            name='referrer_contact',
            field=models.CharField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name='waitingentry',
            name='responsible',
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name='waitingentry',
            name='responsible_contact',
            field=models.CharField(blank=True, max_length=254),
        ),
    ]
