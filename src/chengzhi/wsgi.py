"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengzhi.settings")
application = get_wsgi_application()

if os.environ.get("CHENGZHI_PROCESS") == "web":
    from chengzhi.api.warming import warm_beside

    warm_beside()
