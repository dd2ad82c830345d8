"""Pages of the holdings: parse, ask a service or selector, render."""
