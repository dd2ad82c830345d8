"""The demo: a small organisation, real files, and the main job shown from outside."""
