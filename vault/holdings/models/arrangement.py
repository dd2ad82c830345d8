"""Fonds, series, archive files and retention classes: where a record stands (requirements.md HA-01)."""

import uuid

from django.db import models
from django.db.models import Q

from storage.columns import EncryptedTextField
from vault.holdings.models.base import Labelled


class Fonds(models.Model):
    """全宗: the archives of one organisation. Carries no label."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fonds_no = models.CharField(max_length=16, unique=True)
    name = EncryptedTextField(cell="holdings.fonds.name")

    def __str__(self) -> str:
        return self.fonds_no


class RetentionClass(models.Model):
    """保管期限 by class; floors may be lengthened, never shortened (RD-01, practice.md P-12)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=16, unique=True)
    name = EncryptedTextField(cell="holdings.retentionclass.name")
    years = models.PositiveSmallIntegerField(null=True, blank=True, help_text="None: permanent")
    floor_months = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(years__isnull=True) | Q(floor_months__lte=models.F("years") * 12),
                name="retention_not_below_floor",
            )
        ]

    def __str__(self) -> str:
        return self.code


class Series(models.Model):
    """类别 of a fonds, e.g. WS (documents) or KH (customers). Carries no label."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fonds = models.ForeignKey(Fonds, on_delete=models.PROTECT, related_name="series")
    code = models.CharField(max_length=16)
    name = EncryptedTextField(cell="holdings.series.name")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fonds", "code"], name="series_code_once")]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.code


class ArchiveFile(Labelled):
    """案卷: records kept together. Its label is the high-water mark of its own and its records' (CL-11)."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="archive_files")
    title = EncryptedTextField(cell="holdings.archivefile.title")
    year = models.PositiveSmallIntegerField()
    # The label given to the file itself, before its records raise it.
    own_state_level = models.PositiveSmallIntegerField(default=0)
    own_enterprise_level = models.PositiveSmallIntegerField(default=0)
    own_restricted = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta(Labelled.Meta):
        indexes = [models.Index(fields=["access_class", "year"], name="archive_file_class_year")]
