"""Stories told by Debian's Chromium to a running demo, as its people see it."""
