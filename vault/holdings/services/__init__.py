"""Writes of the holdings: verbs, keyword-only, each behind the gate and in the log."""
