"""Addresses below /ballot/: no log-in, no cookie, no log (see ballot_lane)."""

from django.urls import path

from chengzhi.web.appraisal import ballot

app_name = "ballot"
urlpatterns = [path("<str:code>/", ballot.paper, name="paper")]
