"""Sharing without a window, as a script or an administrator uses it."""

import json
import webbrowser
from pathlib import Path
from typing import Any

import pytest

from casebook.case import Case
from casebook.database import create_casebook, set_setting
from casebook.keys import new_file_key
from casebook.saving import Change, save
from desktop.commandline import main
from tests.sync.hub.provider import Provider, browse
from tests.sync.hub.served import strict

WORDS = "vier woorden zijn lang"


class Office:
    """A casebook of somebody, and the commands on it."""

    def __init__(self, folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "pass").write_text(WORDS, encoding="utf-8")
        db = create_casebook(folder / f"{name}.db", new_file_key(WORDS))
        with db.write() as connection:
            set_setting(connection, "name", name)
        save(db, [Change(Case(title=f"Van {name}", reference=f"REF-{name}"))], "New case")
        db.close()
        self._asked = ["--casebook", str(folder / f"{name}.db"), "--passphrase-file", str(folder / "pass")]
        self._capsys = capsys

    def ask(self, *words: str) -> Any:
        """What a command answers."""
        code = main([*self._asked, *words, "--json"])
        said = self._capsys.readouterr()
        assert code == 0, said.err
        return json.loads(said.out)

    def exchanged(self) -> tuple[list[str], list[str]]:
        """Which circles are exchanged, and which ones are named as those where something is the matter."""
        code = main([*self._asked, "sync", "--json"])
        said = self._capsys.readouterr()
        assert code == 1
        return [each["circle"] for each in json.loads(said.out)], [each.split(":")[0] for each in said.err.splitlines()]

    def refused(self, *words: str) -> str:
        """What is said of a command that cannot be carried out: one sentence or two, and never a traceback."""
        code = main([*self._asked, *words])
        said = self._capsys.readouterr()
        assert code in (1, 2), said.out
        assert "Traceback" not in said.err
        assert "Casusboek zelf" not in said.err
        return said.err


@pytest.fixture
def store(tmp_path: Path) -> str:
    (tmp_path / "shared").mkdir()
    return str(tmp_path / "shared")


@pytest.fixture
def ank(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, "Ank", capsys)


@pytest.fixture
def bea(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, "Bea", capsys)


@pytest.fixture
def shared(ank: Office, bea: Office, store: str) -> None:
    """A circle of the two."""
    ank.ask("circle", "Kring", "--at", store)
    made = ank.ask("invite", "Kring")
    bea.ask("join", made["at"], made["code"])
    ank.ask("sync")
    bea.ask("sync")


@pytest.mark.usefixtures("shared")
def test_a_case_is_shared_arrives_and_is_erased_for_both(ank: Office, bea: Office) -> None:
    ank.ask("share", "REF-Ank", "Kring")
    ank.ask("sync")
    bea.ask("sync")
    (found,) = bea.ask("find", "Ank")
    ank.ask("erase", found["id"], "--for-ever")
    bea.ask("sync")
    assert bea.ask("find", "Ank") == []
    assert len(ank.ask("find", "Ank")) == 1


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    "words",
    [("erase", "REF-Ank", "--for-ever"), ("share", "REF-Ank", "Kring"), ("report", "REF-Ank", "--out", "x.pdf")],
)
def test_of_two_cases_with_one_reference_none_is_taken_by_guessing(
    ank: Office, words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    copy = ank.ask("share", "REF-Ank", "Kring")["id"]
    before = ank.ask("find", "Ank")
    said = ank.refused(*words)
    for each in ("Alleen ik", "Kring", "Van Ank", copy, "--in"):
        assert each in said
    assert said.count(copy) == 1
    assert ank.ask("find", "Ank") == before
    assert not Path("x.pdf").exists()


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(("where", "goes"), [("Kring", 0), ("personal", 1), ("Alleen ik", 1)])
def test_of_two_cases_with_one_reference_the_one_in_the_circle_that_is_named_is_erased(
    ank: Office, where: str, goes: int
) -> None:
    copy = ank.ask("share", "REF-Ank", "Kring")["id"]
    own = next(each["id"] for each in ank.ask("find", "Ank") if each["id"] != copy)
    ank.ask("erase", "REF-Ank", "--in", where, "--for-ever")
    (left,) = ank.ask("find", "Ank")
    assert left["id"] == (own, copy)[goes]
    assert "REF-Ank" in ank.refused("erase", "REF-Ank", "--in", where, "--for-ever")


@pytest.mark.usefixtures("shared")
def test_an_id_is_never_taken_for_the_reference_that_somebody_else_gave(ank: Office, tmp_path: Path) -> None:
    (own,) = ank.ask("find", "Ank")
    lines = tmp_path / "lijst.csv"
    lines.write_text(f"titel;kenmerk\nVan Ank, maar anders;{own['id']}\n", encoding="utf-8")
    ank.ask("import", str(lines))
    ank.ask("erase", own["id"], "--for-ever")
    (left,) = ank.ask("find", "Ank")
    assert left["title"] == "Van Ank, maar anders"


def test_a_case_without_a_reference_is_not_the_one_without_a_name(ank: Office, tmp_path: Path) -> None:
    lines = tmp_path / "lijst.csv"
    lines.write_text("titel\nZonder kenmerk\n", encoding="utf-8")
    ank.ask("import", str(lines))
    assert ank.refused("erase", "", "--for-ever")
    assert len(ank.ask("find", "Zonder")) == 1


@pytest.mark.usefixtures("shared")
def test_members_are_listed_get_a_role_and_are_let_go(ank: Office) -> None:
    assert {each["name"]: each["role"] for each in ank.ask("members", "Kring")} == {"Ank": "admin", "Bea": "editor"}
    ank.ask("role", "Kring", "Bea", "reader")
    assert {each["role"] for each in ank.ask("members", "Kring")} == {"admin", "reader"}
    assert ank.ask("remove", "Kring", "Bea") == {"removed": 1}
    assert [each["name"] for each in ank.ask("members", "Kring")] == ["Ank"]


@pytest.mark.usefixtures("shared")
def test_two_members_of_one_name_are_not_taken_for_each_other(
    ank: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ank.ask("invite", "Kring")
    Office(tmp_path / "other", "Bea", capsys).ask("join", made["at"], made["code"])
    ank.ask("sync")
    assert "Bea" in ank.refused("remove", "Kring", "Bea")
    assert len(ank.ask("members", "Kring")) == 3


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    "words",
    [
        ("connect", "Kring", "nergens"),
        ("connect", "Geen kring", "/tmp"),
        ("connect", "Kring", "/geen/map/hier"),
        ("invite", "Kring", "--uses", "0"),
        ("invite", "Kring", "--days", "-1"),
        ("invite", "Kring", "--days", "99999999999"),
        ("invite", "Kring", "--role", "baas"),
        ("join", "zomaar", "k7pd-3xmw-9rta"),
        ("join", "https://[nonsense#0190b3a4-0000-7000-8000-000000000000", "k7pd-3xmw-9rta"),
        ("members", ""),
        ("remove", "Kring", "Niemand"),
        ("remove", "Kring", ""),
        ("remove", "Kring", "Ank"),
        ("role", "Kring", "Ank", "reader"),
        ("share", "BESTAAT-NIET", "Kring"),
        ("share", "REF-Ank", "Geen kring"),
        ("erase", "REF-Ank"),
        ("erase", "BESTAAT-NIET", "--for-ever"),
        ("erase", "REF-Ank", "--in", "Geen kring", "--for-ever"),
        ("erase", "REF-Ank", "--in", "Kring", "--for-ever"),
        ("erase", "REF-Ank", "--in", "", "--for-ever"),
        ("recovery-code",),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence_and_changes_nothing(ank: Office, words: tuple[str, ...]) -> None:
    before = ank.ask("members", "Kring"), ank.ask("circles"), ank.ask("find", "Ank")
    assert len(ank.refused(*words)) > 20
    assert (ank.ask("members", "Kring"), ank.ask("circles"), ank.ask("find", "Ank")) == before


@pytest.mark.usefixtures("shared")
def test_who_may_not_is_told_so(bea: Office) -> None:
    assert "beheerder" in bea.refused("invite", "Kring")
    assert "beheerder" in bea.refused("remove", "Kring", "Ank")


@pytest.mark.usefixtures("shared")
def test_a_folder_that_is_gone_is_told_and_nothing_is_lost(ank: Office, store: str) -> None:
    Path(store).rename(f"{store}-away")
    assert ank.refused("sync")
    assert len(ank.ask("find", "Ank")) == 1


@pytest.mark.usefixtures("shared")
def test_of_two_circles_one_is_exchanged_and_the_other_is_named_with_what_is_the_matter(
    ank: Office, store: str, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    ank.ask("circle", "Kring Spaarne", "--at", str(tmp_path / "elsewhere"))
    Path(store).rename(f"{store}-away")
    assert ank.exchanged() == (["Kring Spaarne"], ["Kring"])


@pytest.mark.parametrize("place", ["https://hub.nergens.invalid", "/geen/map/hier"])
def test_who_joins_where_nothing_can_be_reached_is_told_at_which_address(bea: Office, place: str) -> None:
    said = bea.refused("join", f"{place}#0190b3a4-0000-7000-8000-000000000000", "k7pd-3xmw-9rta")
    assert place in said
    assert "typefout" in said


def test_without_anything_connected_there_is_nothing_to_exchange(ank: Office) -> None:
    assert ank.ask("sync") == []
    assert [each["circle"] for each in ank.ask("circles")] == ["Alleen ik"]


def test_who_joins_a_hub_signs_in_with_a_code_where_there_is_no_browser(
    ank: Office, bea: Office, hub_address: str, issuer: Provider
) -> None:
    ank.ask("circle", "Kring", "--at", hub_address)
    ank.ask("sync")
    asked = {"issuer": issuer.address, "client": "casusboek", "domains": ["gemeente.example"]}
    assert ank.ask("policy", "Kring", "--sign-in", "--domain", "gemeente.example") == asked
    assert ank.ask("policy", "Kring") == asked
    made = ank.ask("invite", "Kring")
    issuer.claims = {"email": "bea@elders.example"}
    assert "gemeente.example" in bea.refused("join", made["at"], made["code"], "--no-browser")
    issuer.claims = {}
    issuer.refuses = True
    said = bea.refused("join", made["at"], made["code"], "--no-browser")
    assert "WDJB-MJHT" in said
    assert f"{issuer.address}/activate" in said
    issuer.refuses = False
    bea.ask("join", made["at"], made["code"], "--no-browser")
    assert {each["name"] for each in bea.ask("members", "Kring")} == {"Ank", "Bea"}


def test_who_joins_a_hub_signs_in_with_the_browser(
    ank: Office, bea: Office, hub_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ank.ask("circle", "Kring", "--at", hub_address)
    ank.ask("sync")
    ank.ask("policy", "Kring", "--sign-in")
    made = ank.ask("invite", "Kring")
    monkeypatch.setenv("BROWSER", "browser")
    monkeypatch.setattr(webbrowser, "open", browse)
    bea.ask("join", made["at"], made["code"])
    assert {each["name"] for each in bea.ask("members", "Kring")} == {"Ank", "Bea"}


def test_nobody_is_asked_to_sign_in_at_a_place_that_the_hub_does_not_know(ank: Office, hub_address: str) -> None:
    ank.ask("circle", "Kring", "--at", hub_address)
    ank.ask("sync")
    nothing = {"issuer": "", "client": "", "domains": []}
    assert ank.refused("policy", "Kring", "--issuer", "https://elders.example")
    assert ank.refused("policy", "Kring", "--sign-in", "--no-sign-in")
    assert ank.ask("policy", "Kring") == nothing
    ank.ask("policy", "Kring", "--sign-in")
    assert ank.ask("policy", "Kring", "--no-sign-in") == nothing


def test_a_hub_that_asks_for_a_ticket_says_so_and_gets_it(ank: Office, tmp_path: Path) -> None:
    with strict(tmp_path / "hub") as (address, ticket):
        ank.ask("circle", "Kring", "--at", address)
        assert "ticket" in ank.refused("sync")
        ank.ask("connect", "Kring", address, "--ticket", ticket)
        (report,) = ank.ask("sync")
        assert report["agrees"]
