"""What gunicorn serves. WSGI on purpose: a sync stream under ASGI is collected whole in memory."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vault.project.settings")
application = get_wsgi_application()
