"""Addresses of the page frame: language, theme, style guide."""

from django.urls import include, path

urlpatterns = [path("", include("chengzhi.web.shell.urls"))]
