from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_office_is_training"),
    ]

    operations = [
        migrations.AddField(
            model_name="officemembership",
            name="function",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="As it stands under a signature, for example “Secretary general”.",
                max_length=120,
                verbose_name="function",
            ),
        ),
    ]
