"""Where a person's notices go by mail, and whether he wants them there."""

from django.db import migrations, models

from storage.columns import EncryptedTextField


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_enrolment_and_rooms")]

    operations = [
        migrations.AddField("person", "email", EncryptedTextField(cell="accounts.person.email", null=True)),
        migrations.AddField("person", "no_mail", models.BooleanField(default=False)),
    ]
