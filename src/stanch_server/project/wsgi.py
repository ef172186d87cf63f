"""The service as WSGI servers take it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stanch_server.project.settings")
application = get_wsgi_application()
