from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def mark_by_hand(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Find what was booked by hand before that was written down: no rest, and no repeated request."""
    appointment = apps.get_model("appointments", "Appointment")
    offered = apps.get_model("appointments", "Offer").objects.values("appointment")
    rows = appointment.objects.filter(turnover_min=0, key=None, moved_from=None)
    rows.exclude(pk__in=offered).update(is_by_hand=True)


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0008_seat_language'),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='is_by_hand',
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(mark_by_hand, migrations.RunPython.noop),
    ]
