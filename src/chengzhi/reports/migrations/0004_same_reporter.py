from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("reports", "0003_district_unchecked"),
    ]

    operations = [
        migrations.AddIndex(
            "reporter",
            models.Index(
                condition=models.Q(("phone_hmac__isnull", False)), fields=["phone_hmac"], name="reporter_by_phone"
            ),
        ),
        migrations.AddIndex(
            "report",
            models.Index(
                condition=models.Q(("reporter__isnull", False)), fields=["reporter"], name="report_by_reporter"
            ),
        ),
    ]
