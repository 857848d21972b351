"""Addresses of the desk. The pages of one case, the map and the notices have a list of their own."""

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = []

if find_spec("chengzhi.web.desk.urls_case") is not None:
    urlpatterns += import_module("chengzhi.web.desk.urls_case").urlpatterns
