"""Tables with encrypted columns for the tests, made for the run and in no migration."""

from uuid import uuid4

from django.db import models
from django.test.utils import isolate_apps

from storage.columns import BlindIndexField, EncryptedBinaryField, EncryptedTextField

with isolate_apps("storage"):

    class Person(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid4)
        name = EncryptedTextField(cell="tests.person.name", max_length=20)
        note = EncryptedTextField(cell="tests.person.note", null=True, blank=True)
        photo = EncryptedBinaryField(cell="tests.person.photo", null=True)
        rank = models.IntegerField(default=0)
        telephone = EncryptedTextField(cell="tests.person.telephone", default="", blank=True)
        by_telephone = BlindIndexField(cell="tests.person.telephone", digits_only=True, source="telephone")
        last_four = BlindIndexField(
            cell="tests.person.telephone.last", digits_only=True, source="telephone", last=4
        )
        by_number = BlindIndexField(cell="tests.person.number", unique=True)

        class Meta:
            app_label = "storage"
            db_table = "tests_person"

    class Letter(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid4)
        sender = models.ForeignKey(Person, models.CASCADE, related_name="letters")
        text = EncryptedTextField(cell="tests.letter.text")

        class Meta:
            app_label = "storage"
            db_table = "tests_letter"
