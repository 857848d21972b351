"""`chengzhi account` on a whole installation of its own."""

from tests.installation import Installation


def test_an_administrator_is_invited_reset_listed_and_deactivated(installation: Installation) -> None:
    first = installation.json("account", "invite")["link"]
    second = installation.json("account", "invite")["link"]
    assert first.startswith("/account/link/")
    assert first != second
    accounts = installation.json("account", "list")["accounts"]
    waiting = [row for row in accounts if row["installation_administrator"]]
    assert [row["active"] for row in waiting] == [False]
    name = waiting[0]["username"]
    assert installation.json("account", "reset", name)["link"].startswith("/account/link/")
    assert installation.json("account", "deactivate", name) == {"deactivated": name}
    unknown = installation.json("account", "reset", "nobody-here", status=1)
    assert unknown["error"]["code"] == "people.unknown_account"
    half = installation.command("account", "invite", "--name", "李雷")
    assert half.returncode == 2
