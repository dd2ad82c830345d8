"""What gunicorn serves. WSGI on purpose: a sync stream under ASGI is collected whole in memory."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from storage.errors import OperatorError

# gunicorn's APP_LOAD_ERROR: the server ends, where another code would make it try the same again and again.
_NOT_LOADED = 4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vault.project.settings")
try:
    application = get_wsgi_application()
except (ImproperlyConfigured, OperatorError) as refusal:
    sys.stderr.write(f"{refusal}\n")
    sys.exit(_NOT_LOADED)
