"""Addresses below /account/."""

from django.urls import path

from chengzhi.web.account import (
    demo,
    district,
    links,
    login,
    password,
    profile,
    second_factor,
    sessions,
)

app_name = "account"
urlpatterns = [
    path("", profile.home, name="home"),
    path("login/", login.login_page, name="login"),
    path("login/code/", login.code_page, name="code"),
    path("login/demo/", demo.enter, name="demo"),
    path("logout/", login.logout_now, name="logout"),
    path("district/", district.choose, name="district"),
    path("password/", password.change, name="password"),
    path("forgotten/", password.forgotten, name="forgotten"),
    path("link/<str:token>/", links.open_link, name="link"),
    path("second-factor/", second_factor.page, name="second_factor"),
    path("second-factor/codes/", second_factor.new_codes, name="recovery_codes"),
    path("second-factor/off/", second_factor.switch_off, name="second_factor_off"),
    path("sessions/", sessions.page, name="sessions"),
    path("sessions/end/", sessions.end, name="end_session"),
]
