import datetime

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0003_staff_keys"),
    ]

    operations = [
        migrations.AddField("calendarday", "valid_from", models.DateField(default=datetime.date(2000, 1, 1))),
        migrations.AddField("calendarday", "valid_to", models.DateField(null=True)),
        migrations.AlterModelOptions("calendarday", options={"ordering": ["date", "valid_from"]}),
        migrations.RemoveConstraint("calendarday", "calendar_day_once"),
        migrations.AddConstraint(
            "calendarday",
            models.UniqueConstraint(fields=("district", "date", "valid_from"), name="calendar_day_from_once"),
        ),
    ]
