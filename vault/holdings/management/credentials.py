"""How a command asks a person who he is."""

import getpass
import sys


def ask(staff_no: str) -> tuple[str, str]:
    """Password and code, typed unseen or read from standard input as a line each.

    Never from the command line: it stands in the list of processes and in the shell's history.
    """
    if sys.stdin.isatty():
        return getpass.getpass(f"Password of {staff_no}: "), getpass.getpass("Code of the second factor: ")
    password, code = sys.stdin.readline(), sys.stdin.readline()
    return password.rstrip("\n"), code.rstrip("\n")
