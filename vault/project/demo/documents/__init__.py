"""The demo's documents, made when it runs: real files of many kinds, invented words."""

from vault.project.demo.documents.catalogue import EVERY_KIND
from vault.project.demo.documents.model import AUTHORITY_NAME, COMPANY_NAME, Document, Paper, on
from vault.project.demo.documents.season import SEASON

CATALOGUE = (*EVERY_KIND, *SEASON)

__all__ = ["AUTHORITY_NAME", "CATALOGUE", "COMPANY_NAME", "Document", "Paper", "on"]
