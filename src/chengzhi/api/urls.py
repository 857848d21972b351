"""Versions of the API, below /api/."""

from django.urls import path

from chengzhi.api.v1.routes import api

urlpatterns = [path("v1/", api.urls)]
