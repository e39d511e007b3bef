"""Finding cases by words, in a real casebook."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebook import search
from casebook.case import Case, CaseStatus
from casebook.case_query import Query
from casebook.condition import Condition
from casebook.database import Database
from casebook.present import cases, entry
from casebook.saving import Change, save

ANY: dict[str, frozenset[str]] = {}


def keep(db: Database, *kept: Case) -> None:
    save(db, [Change(each) for each in kept], "New cases")


def case(title: str, summary: str = "", day: int = 1, **fields: object) -> Case:
    return Case(title=title, summary=summary, asked_on=date(2026, 3, day), **fields)  # type: ignore[arg-type]  # any field


def found(db: Database, words: str, **query: object) -> list[str]:
    """The titles of the hits, best first."""
    return [line.title for line in cases(db, Query(words, **query))]  # type: ignore[arg-type]  # any part of a query


def near(db: Database, words: str) -> str | None:
    with db.read() as connection:
        return search.nearest(connection, words)


def marked(typed: str, words: str) -> list[str]:
    wanted = search.match(words)
    assert wanted is not None
    return [typed[start:end] for start, end in search.highlights(typed, wanted)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Repair-café vraagt startsubsidie", "subsidie "),
        ("Repair-café vraagt startsubsidie", "subsidies "),
        ("Repair-café vraagt startsubsidie", "start "),
        ("Repair-café vraagt startsubsidie", "repaircafe "),
        ("Repair-café vraagt startsubsidie", "repair-cafés "),
        ("Lunch met casuïstiek", "casuistiek "),
        ("Lunch met casuistiek", "CASUÏSTIEK "),
        ("Hulp bij schulden", "schuld "),
        ("Een schuld", "schulden "),
        ("Schuldhulpverlening op school", "hulpverlening "),
        ("Maatwerk voor gezinnen", "gezin "),
        ("Maatwerk voor een gezin", "gezinnen "),
        ("Buurttuin in Oost", "tuin "),
        ("Buurtmoestuinen langs het spoor", "moestuin "),
        ("Buurtmoestuinen langs het spoor", "moestu"),
        ("Buurttuin in Oost", "tuinen "),
        ("Tuinen in Oost", "tuin "),
        ("Foto's van de dilemma's", "foto "),
        ("Foto's van de dilemma's", "dilemmas "),
        ("De omgevingsvergunning laat op zich wachten", "vergunningen "),
        ("De omgevingsvergunning laat op zich wachten", "omgeving "),
        ("De omgevingsvergunning laat op zich wachten", "omgev"),
        ("De omgevingsvergunning laat op zich wachten", "vergunn"),
        ("De omgevingsvergunning laat op zich wachten", "o"),
        ("De omgevingsvergunning laat op zich wachten", "omgevingsvergunn"),
        ("Straatfeest in het IJsselpark", "ĳsselpark "),
        ("Straatfeest in het IJsselpark", "feest straat "),
    ],
)
def test_a_case_is_found_by_other_forms_and_parts_of_its_words(db: Database, typed: str, words: str) -> None:
    keep(db, case("Iets anders"), case("Een vraag", summary=typed))
    assert found(db, words) == ["Een vraag"]


def test_parts_of_words_that_are_no_words_do_not_match(db: Database) -> None:
    keep(db, case("Bestuur en natuur"), case("Gezin"))
    assert found(db, "uur ") == []
    assert found(db, "zin ") == []


def test_every_word_has_to_be_there(db: Database) -> None:
    keep(db, case("Tuin met subsidie"), case("Tuin zonder geld"), case("Subsidie voor een feest"))
    assert found(db, "tuin subsidie") == ["Tuin met subsidie"]


def test_words_may_stand_in_different_records_of_one_case(db: Database) -> None:
    garden = case("Tuin")
    keep(db, garden)
    save(db, [Change(Condition(case_id=garden.id, text="Eerst een verzekering"))], "Condition")
    assert found(db, "tuin verzekeringen ") == ["Tuin"]


def test_quotes_ask_for_words_that_follow_each_other(db: Database) -> None:
    keep(db, case("De tuin van de buurt"), case("De buurt van de tuin"))
    assert found(db, '"tuin van de buurt"') == ["De tuin van de buurt"]
    assert found(db, "“TUIN, van de buu") == ["De tuin van de buurt"]


def test_a_reference_is_found_as_it_is_written(db: Database) -> None:
    keep(db, case("Eerste", reference="BOM-2026-014"), case("Tweede", reference="BOM-2026-140", summary="014"))
    assert found(db, "bom-2026-014") == ["Eerste"]
    assert found(db, "BOM 2026/014 ") == ["Eerste"]
    assert sorted(found(db, "bom 2026 014 ")) == ["Eerste", "Tweede"]


def test_only_the_last_word_may_be_unfinished(db: Database) -> None:
    keep(db, case("Subsidie voor een tuin"))
    assert found(db, "subsidie tui") == ["Subsidie voor een tuin"]
    assert found(db, "tui subsidie") == []
    assert found(db, "tui ") == []


def test_the_title_goes_before_the_summary_and_the_summary_before_the_rest(db: Database) -> None:
    keep(
        db,
        case("Titel: tuin", day=1),
        case("Samenvatting", summary="Over een tuin", day=20),
        case("Rest", request="Een tuin?", day=28),
    )
    assert found(db, "tuinen ") == ["Titel: tuin", "Samenvatting", "Rest"]


def test_some_of_the_words_in_the_title_go_before_all_in_the_summary(db: Database) -> None:
    keep(
        db,
        case("Samenvatting", summary="Een tuin met subsidie", day=28),
        case("Tuin", goal="Met subsidie", day=2),
        case("Tuinsubsidie", day=1),
    )
    assert found(db, "tuin subsidie ") == ["Tuinsubsidie", "Tuin", "Samenvatting"]


def test_among_equals_the_newest_goes_first(db: Database) -> None:
    keep(db, case("Tuin oud", day=1), case("Tuin nieuw", day=28), case("Tuin midden", day=14))
    assert found(db, "tuin") == ["Tuin nieuw", "Tuin midden", "Tuin oud"]


def test_pages_continue_where_the_one_before_ended(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "RANKED", 4)
    keep(db, *(case("Tuin" if n % 3 else "Iets", f"Tuin {n}", day=n + 1) for n in range(28)))
    wanted = search.match("tuin ")
    assert wanted is not None
    with db.read() as connection:
        all_at_once = search.hits(connection, wanted, 100, 0, ANY)
        pages = [n for at in range(0, 35, 5) for n in search.hits(connection, wanted, 5, at, ANY)]
    assert len(set(all_at_once)) == 28
    assert pages == all_at_once


def test_filters_narrow_hits_and_their_number(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, closed, archived = (
        case("Tuin een"),
        case("Tuin twee", status=CaseStatus.CLOSED),
        case("Tuin drie", archived=True),
    )
    keep(db, draft, closed, archived)
    wanted = search.match("tuin")
    assert wanted is not None
    closed_only = {"status": frozenset({"closed", "completed"})}
    for few in (20_000, 0):
        monkeypatch.setattr(search, "_FEW", few)
        assert found(db, "tuin", facets=closed_only) == ["Tuin twee"]
        assert found(db, "tuin", archived=True) == ["Tuin drie"]
        assert sorted(found(db, "tuin")) == ["Tuin een", "Tuin twee"]
        with db.read() as connection:
            assert search.count(connection, wanted, closed_only) == 1
            assert search.count(connection, wanted, {"archived": frozenset({"no"})}) == 2
            assert search.count(connection, wanted, ANY) == 3
            assert search.count(connection, wanted, ANY, most=1) == 2


def test_a_word_that_is_taken_out_is_not_found_any_more(db: Database) -> None:
    garden = case("Tuin", summary="Met een vijver")
    keep(db, garden)
    before = entry(db, garden.id)
    assert before is not None
    save(db, [Change(replace(before.record, summary=""), before)], "Change")
    assert found(db, "vijver") == []
    assert near(db, "vjiver") is None


def test_erased_rows_vanish_from_the_hits(db: Database) -> None:
    keep(db, case("Tuin"))
    wanted = search.match("tuin")
    assert wanted is not None
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM words")
    with db.read() as connection:
        assert search.hits(connection, wanted, 50, 0, ANY) == []
        assert search.count(connection, wanted, ANY) == 0


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("subisdie", "subsidie"),
        ("subsidei", "subsidie"),
        ("susbidei", "subsidie"),
        ("vergunnimg", "vergunning"),
        ("ergunning", "vergunning"),
        ("buurtuin", "buurttuin"),
        ("Casuistik", "casuistiek"),
        ("tuin met subsisdie", "tuin met subsidie"),
        ('"tuin met" subisdie', '"tuin met" subsidie'),
    ],
)
def test_a_typing_mistake_still_offers_something_near(db: Database, mistyped: str, meant: str) -> None:
    keep(db, case("Tuin met subsidie"), case("Buurttuin"), case("Een vergunning", request="Casuïstiek, vergunning"))
    assert found(db, mistyped + " ") == []
    assert near(db, mistyped) == meant
    assert found(db, meant)


@pytest.mark.parametrize("words", ["xyzzy", "", "?!", "ab", "q" * 500, "tuin xyzzyplugh"])
def test_nothing_near_offers_nothing(db: Database, words: str) -> None:
    keep(db, case("Tuin met subsidie"))
    assert near(db, words) is None


def test_a_stem_is_never_offered_for_a_word(db: Database) -> None:
    keep(db, case("Vergunningen", summary="Vergunningen"))
    assert near(db, "vergunm") != "vergunn"
    assert near(db, "vergunningem") == "vergunningen"


@pytest.mark.parametrize("words", ["", "  ", "?!", '""', "“”", "---", "'"])
def test_a_question_without_a_letter_or_digit_is_no_question(words: str) -> None:
    assert search.match(words) is None


PUNCTUATION = st.text(alphabet="ab1 \"“”'*^()-+:{}.,;AND OR NOT NEAR title|&\\/%_ĳé\u0301\x00\ud7ff", max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(words=st.one_of(PUNCTUATION, st.text(max_size=40)))
def test_no_sign_is_ever_a_mistake(db: Database, words: str) -> None:
    for query_text in (words, f"{words} "):
        wanted = search.match(query_text)
        if wanted is not None:
            with db.read() as connection:
                search.hits(connection, wanted, 5, 0, ANY)
                search.count(connection, wanted, ANY)
                near(db, query_text)
            search.highlights(words, wanted)
            search.snippet([words], wanted)


@settings(max_examples=200)
@given(typed=st.text(alphabet="tuin'’-é\u0301ĳ S.", max_size=40), words=st.text(alphabet='tuin S"é', max_size=12))
def test_highlights_are_in_order_and_within_the_text(typed: str, words: str) -> None:
    wanted = search.match(words)
    spans = search.highlights(typed, wanted) if wanted else []
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= len(typed) for edge in edges)


def test_a_page_of_text_as_a_question_is_answered(db: Database) -> None:
    keep(db, case("Tuin met subsidie"))
    assert found(db, "tuin met subsidie " * 2_000) == ["Tuin met subsidie"]
    assert found(db, "tuin" * 5_000) == []
    assert found(db, " ".join(f"woord{n}" for n in range(5_000))) == []


@pytest.mark.parametrize(
    ("typed", "words", "hits"),
    [
        ("Repair-café vraagt startsubsidie", "subsidie ", ["subsidie"]),
        ("Repair-café vraagt startsubsidie", "subsidies ", ["subsidie"]),
        ("Repair-café vraagt startsubsidie", "cafe", ["café"]),
        ("Casuïstiek", "casuist", ["Casuïst"]),
        ("Schulden en schuld", "schuld ", ["Schulden", "schuld"]),
        ("Buurttuinen", "tuin ", ["tuinen"]),
        ("Foto’s van foto's", "foto ", ["Foto’s", "foto's"]),
        ("De tuin van de buurt", '"tuin van"', ["tuin van"]),
        ("De Ĳssel", "ijs", ["Ĳssel"]),
        ("Cafe\u0301s", "cafe ", ["Cafe\u0301s"]),
        ("Omgevingsvergunning", "omgeving vergunning", ["Omgeving", "vergunning"]),
        ("Niets", "tuin", []),
    ],
)
def test_hits_are_marked_in_the_text_as_it_was_typed(typed: str, words: str, hits: list[str]) -> None:
    assert marked(typed, words) == hits


def test_a_snippet_shows_the_stretch_with_the_most_hits() -> None:
    wanted = search.match("tuin subsidie")
    assert wanted is not None
    long = "Lang geleden. " * 40 + "De tuin kreeg een subsidie van de stad. " + "En verder niets. " * 40
    shown = search.snippet(["Een tuin", long], wanted, width=80)
    assert shown is not None
    assert [shown.text[start:end] for start, end in shown.highlights] == ["tuin", "subsidie"]
    assert len(shown.text) <= 90
    assert shown.text.startswith("… ")
    assert shown.text.endswith(" …")
    assert search.snippet(["Niets"], wanted) is None
