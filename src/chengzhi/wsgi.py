"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

from chengzhi.database import pooling

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengzhi.settings")
pooling.install()
application = get_wsgi_application()

if os.environ.get("CHENGZHI_PROCESS") == "web":
    from chengzhi.api import warming as intake
    from chengzhi.web.beside import beside
    from chengzhi.web.evaluation import warming as figures

    beside(intake.warm, figures.await_service, figures.warm)
