"""Addresses of the evaluation pages, below /desk/evaluation/."""

from django.urls import path

from chengzhi.web.evaluation import cases, export, indicator, overview, settings

app_name = "evaluation"
urlpatterns = [
    path("", overview.index, name="index"),
    path("cases/", cases.page, name="cases"),
    path("export.xlsx", export.workbook, name="export"),
    path("settings/", settings.page, name="settings"),
    path("indicator/<slug:name>/", indicator.page, name="indicator"),
]
