"""The demo's documents, made when it runs: real files of many kinds, invented words."""

from vault.project.demo.documents.catalogue import CATALOGUE
from vault.project.demo.documents.model import Document, Paper, on

__all__ = ["CATALOGUE", "Document", "Paper", "on"]
