"""Pages of administration: parse, ask a service or selector, render."""
