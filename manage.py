#!/usr/bin/env python3
"""Entry to every command of Jingui; `manage.py help` lists them."""

import os
import sys


def main() -> None:
    """Run the named command. The demo brings its own settings, so it needs none in the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vault.project.settings")
    if len(sys.argv) > 1 and sys.argv[1] in {"demo", "demo_code"}:
        from vault.project.demo.environment import prepare

        prepare(sys.argv[2:])
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
