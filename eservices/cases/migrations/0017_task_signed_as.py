from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0016_covered_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name="casetask",
            name="signed_as",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
    ]
