"""Importing records: a folder with a table that describes its files, or a folder under one label.

`table` reads the table's bytes, `columns` says what its columns are called, `folder` walks the files without ever
leaving the folder, `plan` holds both against each other and against the archive. Nothing here writes; the verbs are
in `vault.holdings.services.importing`.
"""
