"""One-time passwords end; those that are out when this is installed have their time from now on."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from accounts.rules import ONE_TIME_PASSWORD_LASTS
from audit import clock


def give_time(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    waiting = apps.get_model("accounts", "Account").objects.filter(must_change_password=True)
    waiting.update(password_until=clock.now() + ONE_TIME_PASSWORD_LASTS)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_terminals")]

    operations = [
        migrations.AddField("account", "password_until", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(give_time, migrations.RunPython.noop),
    ]
