"""Dutch spelling: what is looked up, what is right, and the process that says so."""

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil

from casebook.database import Database
from casebook.spelling import add_own_word, own_words, suggestions, words_in, wrong_among

ROOT = Path(__file__).parents[2]
ASKING = [sys.executable, "-m", "casebook.spelling"]
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-m", "casebook.spelling"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(child.pid, flush=True)
time.sleep(60)
"""


def test_a_word_that_was_added_is_kept_in_the_casebook(db: Database) -> None:
    add_own_word(db, "foodtruckplein")
    add_own_word(db, "repair-café")
    assert own_words(db) == {"foodtruckplein", "repair-café"}


def test_addresses_numbers_and_abbreviations_are_not_looked_up() -> None:
    found = words_in("Zie https://haarlem.nl/plan of mail jan@haarlem.nl over BOM-2026 en APV, 3e keer")
    assert [word for _at, word in found] == ["Zie", "of", "mail", "over", "en", "keer"]


def test_where_a_word_stands_is_told_too() -> None:
    assert words_in("de foto’s") == [(0, "de"), (3, "foto’s")]


def test_words_of_the_trade_are_right() -> None:
    words = [
        "initiatiefnemer",
        "rechtsgelijkheid",
        "omgevingstafel",
        "startsubsidie",
        "casuïstiek",
        "foto’s",
        "wijkraad",
    ]
    assert wrong_among(words) == []


def test_a_typing_mistake_is_wrong_and_what_was_meant_is_offered() -> None:
    assert wrong_among(["gemeenetraad"]) == ["gemeenetraad"]
    assert "gemeenteraad" in suggestions("gemeenetraad")


def test_the_process_answers_line_by_line_and_ends_with_its_input() -> None:
    questions = [["wrong", ["hius", "huis"]], ["suggest", "hius"]]
    typed = "".join(json.dumps(each) + "\n" for each in questions)
    said = subprocess.run(ASKING, cwd=ROOT, input=typed, capture_output=True, text=True, check=True).stdout
    wrong, meant = (json.loads(each) for each in said.splitlines())
    assert wrong == ["wrong", ["hius", "huis"], ["hius"]]
    assert "huis" in meant[2]


def test_the_process_does_not_outlive_a_program_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.communicate()
    ends = time.monotonic() + 20
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < ends:
        time.sleep(0.05)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
