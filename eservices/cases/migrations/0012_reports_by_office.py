from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("cases", "0011_guests_and_fairness")]

    operations = [
        migrations.RemoveIndex(
            model_name='caseevent',
            name='event_conduct',
        ),
    ]
