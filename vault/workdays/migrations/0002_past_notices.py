"""The calendar begins with the notices of past years, as the table of the package `chinesecalendar` has them."""

from collections import defaultdict

from django.db import migrations

from audit import clock


def lay_out(apps, schema_editor):
    """One notice for each year the table knows. Holidays go by a code: naming them would take a key."""
    from chinese_calendar import holidays, workdays

    alias = schema_editor.connection.alias
    apps.get_model("workdays", "CalendarLock").objects.using(alias).create(pk=1)
    notices = apps.get_model("workdays", "Notice").objects.using(alias)
    days = apps.get_model("workdays", "NoticeDay")
    codes = _codes()
    by_year = defaultdict(list)
    for kind, table in (("holiday", holidays), ("make_up", workdays)):
        for day, name in table.items():
            by_year[day.year].append((day, kind, codes[name]))
    made = []
    for year in sorted(by_year):
        notice = notices.create(year=year, number=1, imported_at=clock.now())
        made += [days(notice=notice, day=day, kind=kind, occasion=code) for day, kind, code in sorted(by_year[year])]
    days.objects.using(alias).bulk_create(made)


def _codes():
    from chinese_calendar import Holiday

    return {one.value: one.name for one in Holiday}


class Migration(migrations.Migration):
    dependencies = [("workdays", "0001_initial")]

    # Backwards the tables themselves go, and their rows with them.
    operations = [migrations.RunPython(lay_out, migrations.RunPython.noop)]
