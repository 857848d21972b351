import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0002_accounts_in_use"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("role", models.CharField(max_length=24)),
                ("scopes", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None)),
                ("start", models.CharField(db_collation="C", max_length=12)),
                ("digest", models.BinaryField()),
                ("last_used_on", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("valid_to", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("created_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
                ("district", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="api_keys", to="places.district")),
                ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="api_keys", to="people.unit")),
            ],
            options={
                "ordering": ["id"],
                "indexes": [models.Index(condition=models.Q(("revoked_at__isnull", True)), fields=["district"], name="staff_key_in_force")],
                "constraints": [models.UniqueConstraint(fields=("digest",), name="staff_key_once")],
            },
        ),
    ]
