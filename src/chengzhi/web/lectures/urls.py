"""Addresses below /branch/lectures/."""

from django.urls import path

from chengzhi.web.lectures import adding, listing, one, pack, planning, studying

app_name = "lectures"
urlpatterns = [
    path("", listing.index, name="index"),
    path("new/", planning.new, name="new"),
    path("hours/", studying.mine, name="hours"),
    path("hours/lines/<int:line>/out/", studying.take_out, name="line_out"),
    path("hours/<str:code>/", studying.body, name="body_hours"),
    path("<str:number>/", one.page, name="lecture"),
    path("<str:number>/print/", pack.printed, name="print"),
    path("<str:number>/texts/", adding.text, name="text"),
    path("<str:number>/materials/", adding.material, name="material"),
    path("<str:number>/files/<int:material>/", adding.file, name="file"),
    path("<str:number>/questions/", adding.question, name="question"),
    path("<str:number>/changes/", adding.change, name="change"),
    path("<str:number>/changes/<int:decision>/out/", adding.change_out, name="change_out"),
    path("<str:number>/parts/<slug:what>/<int:key>/out/", adding.part_out, name="part_out"),
    path("<str:number>/hours/", studying.credit, name="credit"),
    path("<str:number>/undo/<int:event>/", one.undo, name="undo"),
    path("<str:number>/<slug:step>/", one.step, name="step"),
]
