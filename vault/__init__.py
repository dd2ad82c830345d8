"""The archive itself: one sub-app a room (README.md, 'The house')."""

__version__ = "0.1.0"
