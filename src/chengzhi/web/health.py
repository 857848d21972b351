"""`/healthz`: does everything serve? For machines: no log-in, no redirect, no session."""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chengzhi import clock
from chengzhi.jobs.queries import demo_state, worker_lives


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 once web, database and worker serve; 503 before, saying which part is missing."""
    state = {"status": "starting", "web": True, "database": False, "worker": False, "demo": "none"}
    try:
        state["worker"] = worker_lives(on=clock.now())
        state["database"] = True
        state["demo"] = demo_state()
    except DatabaseError:
        pass
    if state["database"] and state["worker"]:
        state["status"] = "ok"
        return JsonResponse(state)
    return JsonResponse(state, status=503)


urlpatterns = [path("healthz", healthz, name="healthz")]
