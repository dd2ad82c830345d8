"""What every protected object of the holdings has in common: a unit, effective levels and an access class."""

import uuid

from django.db import models
from django.db.models import Q

from accounts.models import Unit
from vault.authorization.levels import Levels


class Labelled(models.Model):
    """Abstract: the effective label, denormalised beside the access class it belongs to.

    `access_class` always names the row of (unit, levels, shielded, caveat); services write both together.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state_level = models.PositiveSmallIntegerField()
    enterprise_level = models.PositiveSmallIntegerField()
    restricted = models.PositiveSmallIntegerField()
    is_shielded = models.BooleanField(default=False)
    caveat = models.CharField(max_length=32, blank=True)
    # Its indexes are the concrete model's: one on the class alone would only lead the planner astray.
    access_class = models.ForeignKey(
        "holdings.AccessClass", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state_level__lte=3, enterprise_level__lte=2, restricted__lte=1),
                name="%(class)s_levels_exist",
            )
        ]

    @property
    def levels(self) -> Levels:
        """The effective label."""
        return Levels(self.state_level, self.enterprise_level, self.restricted)
