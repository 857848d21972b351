"""Addresses below /branch/rectification/."""

from django.urls import path

from chengzhi.web.rectification import entering, ledger, one

app_name = "rectification"
urlpatterns = [
    path("", ledger.index, name="index"),
    path("print/", ledger.printed, name="print"),
    path("ledger.xlsx", ledger.workbook, name="workbook"),
    path("new/", entering.new, name="new"),
    path("<str:number>/", one.page, name="item"),
    path("<str:number>/reopen/", one.reopened, name="reopen"),
    path("<str:number>/evidence/", one.evidence, name="evidence"),
    path("<str:number>/words/", one.words, name="words"),
    path("<str:number>/undo/<int:event>/", one.undo, name="undo"),
    path("<str:number>/<slug:step>/", one.step, name="step"),
]
