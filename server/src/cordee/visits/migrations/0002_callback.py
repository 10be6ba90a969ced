import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Callback',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('note', models.CharField(blank=True, max_length=200)),
                ('called_at', models.DateTimeField()),
                ('visit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='callback', to='visits.visit')),
            ],
        ),
    ]
