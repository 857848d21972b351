"""Addresses below /desk/rounds/."""

from django.urls import path

from chengzhi.web.rounds import (
    approvals,
    caps,
    instruments,
    limits,
    listing,
    month,
    one,
    planning,
    plans,
    results,
)

app_name = "rounds"
urlpatterns = [
    path("", listing.page, name="index"),
    path("new/", planning.choose, name="choose"),
    path("new/<slug:checklist>/", planning.new, name="new"),
    path("new/<slug:checklist>/frame/", planning.frame, name="frame"),
    path("month/", month.page, name="month"),
    path("month.xlsx", month.workbook, name="month_workbook"),
    path("approvals/", approvals.listing, name="approvals"),
    path("approvals/<int:number>/", approvals.one, name="approval"),
    path("approvals/<int:number>/step/<slug:name>/", approvals.step, name="approval_step"),
    path("approvals/<int:number>/undo/<int:event>/", approvals.undo, name="approval_undo"),
    path("approvals/<int:number>/notice/", approvals.notice, name="notice"),
    path("settings/limits/", limits.listing, name="limits"),
    path("settings/limits/new/", limits.edit, name="new_limit"),
    path("settings/limits/<int:number>/", limits.edit, name="limit"),
    path("settings/plans/", plans.listing, name="plans"),
    path("settings/plans/<slug:kind>/<slug:checklist>/", plans.edit, name="plan"),
    path("settings/caps/", caps.listing, name="caps"),
    path("settings/caps/<slug:kind>/", caps.edit, name="cap"),
    path("settings/instruments/", instruments.listing, name="instruments"),
    path("settings/instruments/new/", instruments.new, name="new_instrument"),
    path("settings/instruments/<int:number>/", instruments.one, name="instrument"),
    path("<int:number>/", one.page, name="round"),
    path("<int:number>/step/<slug:name>/", one.step, name="step"),
    path("<int:number>/undo/<int:event>/", one.undo, name="undo"),
    path("<int:number>/proof/", one.proof, name="proof"),
    path("<int:number>/assign/", one.assign, name="assign"),
    path("<int:number>/ask/", one.ask, name="ask"),
    path("<int:number>/results/", results.page, name="results"),
    path("<int:number>/results.xlsx", results.workbook, name="workbook"),
]
