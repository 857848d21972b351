"""Forms of the account pages."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from chengzhi.people.models import Account
from chengzhi.web.shell.preferences import THEMES


class LoginForm(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """Six digits from the phone, or a recovery code."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "none"}
        ),
    )

    def clean_code(self) -> str:
        """Without the blanks people put between the digits."""
        return str(self.cleaned_data["code"]).replace(" ", "").lower()


def _new_password(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class NewPasswordForm(forms.Form):
    """A new password twice, checked against the account it is for."""

    new = _new_password(_("New password"))
    again = _new_password(_("New password again"))

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.fields["new"].help_text = gettext(
            "At least 10 characters; a short sentence is easy to remember and hard to guess."
        )

    def clean_new(self) -> str:
        """Refuses what is short, common or too much like the person's name."""
        new = str(self.cleaned_data["new"])
        validate_password(new, self.account)
        return new

    def clean(self) -> dict[str, Any]:
        """Refuses two different passwords."""
        data = super().clean() or self.cleaned_data
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", gettext("The two passwords differ."))
        return data


class ChangePasswordForm(NewPasswordForm):
    """The old password first."""

    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "new", "again")

    def clean_old(self) -> str:
        """Refuses a wrong one."""
        old = str(self.cleaned_data["old"])
        if not self.account.check_password(old):
            raise ValidationError(gettext("This is not your present password."))
        return old


class InvitationForm(NewPasswordForm):
    """What an invited person sets."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("What you will log in with, such as your work number."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    name = forms.CharField(label=_("Your name"), max_length=60)
    field_order = ("username", "name", "new", "again")


class ForgottenForm(forms.Form):
    """User name or e-mail address."""

    who = forms.CharField(
        label=_("User name or e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class PasswordForm(forms.Form):
    """The present password, to confirm an act that weakens the account."""

    password = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """How the program addresses the person and in which language and colours."""

    language = forms.ChoiceField(label=_("Language"), choices=[("zh-hans", "中文"), ("en", "English")])
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=list(zip(THEMES, (_("As the system"), _("Light"), _("Dark")), strict=True)),
    )

    class Meta:
        model = Account
        fields = ("name", "email", "language", "theme")
        labels = {"name": pgettext_lazy("person", "Name"), "email": _("E-mail address")}
        help_texts = {"email": _("For the daily digest and for a forgotten password.")}
