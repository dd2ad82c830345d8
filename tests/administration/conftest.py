"""A room with due dates, for what is examined about them."""

from tests.workdays.conftest import room  # noqa: F401  fixture
