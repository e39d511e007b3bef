"""What came in and what went out is noted on this machine."""

from datetime import UTC, date, datetime
from pathlib import Path

from casebook.audit import Noted, noted
from casebook.case import Case
from casebook.database import Database
from casebook.exporting.case_list import export_list
from casebook.importing.mapping import CASES, guess
from casebook.importing.plan import carry_out, plan
from casebook.importing.sheets import read
from casebook.paper.case_report import write_case_report
from casebook.saving import Change, save
from casebook.whole_casebook import export_all, import_all


def test_everything_that_comes_in_or_goes_out_is_noted(db: Database, tmp_path: Path) -> None:
    case = Case(title="Buurttuin")
    save(db, [Change(case)], "x")
    export_all(db, tmp_path / "all.json")
    import_all(db, tmp_path / "all.json")
    export_list(db, tmp_path / "lijst.xlsx")
    write_case_report(db, case.id, tmp_path / "case.pdf", date(2026, 11, 24))
    (tmp_path / "nieuw.csv").write_text("titel\nSpeelstraat\n", encoding="utf-8")
    sheet = read(tmp_path / "nieuw.csv")
    carry_out(db, plan(db, sheet, guess(sheet, CASES)))
    assert [(each.what, each.detail) for each in noted(db)] == [
        ("import", "nieuw.csv"),
        ("export", "case.pdf"),
        ("export", "lijst.xlsx"),
        ("import", "all.json"),
        ("export", "all.json"),
    ]
    assert noted(db)[0].text == "Ingelezen"
    assert len(noted(db, 2)) == 2


def test_an_act_of_a_newer_version_is_shown_as_it_is_called() -> None:
    assert Noted(noted_at(), "moved", "x").text == "moved"


def noted_at() -> datetime:
    return datetime(2026, 11, 24, tzinfo=UTC)
