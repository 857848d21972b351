"""`{% role_name post.role %}`: the words of roles and permissions in the page's language."""

from django import template
from django.utils.translation import get_language

from chengzhi.people.permissions import BY_KEY, GROUPS
from chengzhi.people.roles import roles

register = template.Library()


@register.simple_tag
def role_name(key: str) -> str:
    """The name of a role; a key nobody knows (any more) stands for itself."""
    return roles()[key].label(get_language() or "zh") if key in roles() else key


@register.simple_tag
def permission_name(key: str) -> str:
    """The words of a permission."""
    return BY_KEY[key].label(get_language() or "zh") if key in BY_KEY else key


@register.simple_tag
def group_name(key: str) -> str:
    """The heading over a group of permissions."""
    chinese = (get_language() or "zh").startswith("zh")
    return GROUPS[key][0 if chinese else 1]
