#!/usr/bin/env python3
"""Entry to every command of Jingui; `manage.py help` lists them."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

from storage.errors import OperatorError

REFUSED = 1


def main() -> None:
    """Run the named command. The demo brings its own settings, so it needs none in the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vault.project.settings")
    if len(sys.argv) > 1 and sys.argv[1] in {"demo", "demo_code"}:
        from vault.project.demo.environment import prepare

        prepare(sys.argv[2:])
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OperatorError) as refusal:
        # The text says what to put right; where in the program it was found out helps no operator.
        sys.stderr.write(f"{refusal}\n")
        sys.exit(REFUSED)


if __name__ == "__main__":
    main()
