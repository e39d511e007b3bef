"""Spelling on the screen: words are looked up in a process beside this one, and remembered."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from resources import language, path

_AT_ONCE = 100
"""Words asked at once: suggestions never wait for more than these."""
_MOST = 50_000


class Spelling(QObject):
    """Tells which words are wrong; `learned` when more words are known than before."""

    learned = Signal()
    added = Signal(str)
    heard = Signal(list)
    """An answer of the process."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_on = language.current() == "nl"
        """The dictionary is Dutch: whoever works in English is left in peace."""
        self._own: set[str] = set()
        self._known: dict[str, bool] = {}
        self._waiting: dict[str, None] = {}
        self._asked = False
        self._wanted: dict[str, list[tuple[QObject, Callable[[list[str]], object]]]] = {}
        self._process: subprocess.Popen[str] | None = None
        self.heard.connect(self._take)

    def know(self, words: Iterable[str]) -> None:
        """These words are right: those the reader added, and the names in the lists."""
        self._own |= {part.casefold() for each in words for part in each.split()}
        self.learned.emit()

    def add(self, word: str) -> None:
        """The reader says that *word* is right."""
        self.know([word])
        self.added.emit(word)

    def is_wrong(self, word: str) -> bool:
        """Whether *word* is known to be wrong; one that was never seen is looked up, and `learned` follows."""
        if not self.is_on or word.casefold() in self._own:
            return False
        if word not in self._known:
            self._waiting[word] = None
            self._ask_next()
        return self._known.get(word) is False

    def suggest(self, word: str, then: Callable[[list[str]], object], owner: QObject) -> None:
        """Call *then* with what may have been meant, unless *owner* is gone by then."""
        self._wanted.setdefault(word, []).append((owner, then))
        self._ask("suggest", word)

    def _ask_next(self) -> None:
        if self._asked or not self._waiting:
            return
        batch = list(self._waiting)[:_AT_ONCE]
        for each in batch:
            del self._waiting[each]
        self._asked = True
        self._ask("wrong", batch)

    def _ask(self, asked: str, about: Any) -> None:
        if self._process is None:
            self._start()
        if self._process is None or self._process.stdin is None:
            return
        try:
            self._process.stdin.write(json.dumps([asked, about]) + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            self._give_up()

    def _take(self, answer: list[Any]) -> None:
        asked, about, found = answer
        if asked == "suggest":
            for owner, then in self._wanted.pop(about, ()):
                if isValid(owner):
                    then(found)
            return
        if len(self._known) > _MOST:
            self._known.clear()
        self._known |= dict.fromkeys(about, True) | dict.fromkeys(found, False)
        self._asked = False
        self._ask_next()
        self.learned.emit()

    def _start(self) -> None:
        self.is_on = self.is_on and bool(sys.executable)
        if not self.is_on:
            return
        self._process = subprocess.Popen(
            [sys.executable, "-m", "casebook.spelling"],
            cwd=path().parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=None,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        # It ends by itself when its input does.
        self.destroyed.connect(_closing(self._process))
        threading.Thread(target=_listen, args=(self, self._process), daemon=True).start()

    def _give_up(self) -> None:
        """Without the process nothing is marked; writing goes on."""
        logging.getLogger("casusboek").warning("the spelling checker ended")
        self.is_on = False


def _listen(spelling: Spelling, process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None  # it was asked for
    for line in process.stdout:
        try:
            if isValid(spelling):
                spelling.heard.emit(json.loads(line))
        except RuntimeError:
            break  # deleted in between
    process.stdout.close()
    process.wait()


def _closing(process: "subprocess.Popen[str]") -> Callable[[], None]:
    def close() -> None:
        if process.stdin:
            process.stdin.close()

    return close
