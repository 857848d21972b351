"""Addresses below /branch/appraisal/."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from chengzhi.web.appraisal import results, rounds, rounds_counting, rounds_handing

app_name = "appraisal"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", rounds.index, name="index"),
    path("new/", rounds.new, name="new"),
]
if find_spec("chengzhi.web.appraisal.named_urls"):
    urlpatterns.append(path("", include("chengzhi.web.appraisal.named_urls")))
urlpatterns += [
    path("<str:number>/", rounds.page, name="round"),
    path("<str:number>/issue/", rounds_handing.issue, name="issue"),
    path("<str:number>/handing/", rounds_handing.handing, name="handing"),
    path("<str:number>/hand/", rounds_handing.hand, name="hand"),
    path("<str:number>/open/", rounds_handing.open_ballot, name="open"),
    path("<str:number>/kit/", rounds_handing.kit, name="kit"),
    path("<str:number>/count/", rounds_counting.count, name="count"),
    path("<str:number>/results/", results.results, name="results"),
    path("<str:number>/results/<int:position>/", results.person, name="person"),
    path("<str:number>/mine/", results.mine, name="mine"),
    path("<str:number>/undo/<int:event>/", rounds.undo, name="undo"),
    path("<str:number>/<slug:step>/", rounds.step, name="step"),
]
