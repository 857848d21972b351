"""Staff keys move to people, where pages and API both reach them; their numbers stay."""

import django.db.models.deletion
from django.db import migrations, models

_COLUMNS = (
    "id, name, role, scopes, start, digest, created_at, valid_to, revoked_at, created_by_id, district_id"
)
_MOVE = f"""
INSERT INTO people_apikey ({_COLUMNS}) OVERRIDING SYSTEM VALUE SELECT {_COLUMNS} FROM api_apikey;
SELECT setval(pg_get_serial_sequence('people_apikey', 'id'), max(id)) FROM people_apikey HAVING max(id) > 0;
SET CONSTRAINTS ALL IMMEDIATE;
"""
_BACK = _MOVE.replace("people_apikey", "to_and_fro").replace("api_apikey", "people_apikey").replace(
    "to_and_fro", "api_apikey"
)


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0002_answers"),
        ("people", "0003_staff_keys"),
    ]

    operations = [
        migrations.RunSQL(_MOVE, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="answer",
            name="key",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="people.apikey"
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, _BACK),
        migrations.DeleteModel(name="ApiKey"),
    ]
