"""One case: its header, and its tabs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from casebook.case import Case, CaseStatus
from casebook.database import Database
from casebook.direction import DirectionValue, label_of, standing
from casebook.drafts import Draft, drop, keep, waiting
from casebook.envelope import RevisionId
from casebook.lists import Listed
from casebook.present import CaseFile, case_file
from casebook.record import KINDS, RecordId, new_id, plain_values
from casebook.rights import RIGHTS, Allowed, allowed
from casebook.saving import Change, Edit, save, save_edits, undo
from casebook.spelling import add_own_word, own_words
from desktop.background import Background
from desktop.casebook.choice_needed import ChoiceNeeded
from desktop.casebook.choices import Choices, choices_in
from desktop.casebook.core_tab import CoreTab
from desktop.casebook.course_tab import CourseTab
from desktop.casebook.difference import DifferenceStrip
from desktop.casebook.direction_tab import DirectionTab
from desktop.casebook.folded_form import Saving
from desktop.casebook.records_tab import RecordsTab
from desktop.casebook.returned import Returned
from desktop.casebook.weighing_tab import WeighingTab
from desktop.casebook.where_to import Place, WhereTo, places
from desktop.flow import Flow
from desktop.messages import Messages
from desktop.spelling import Spelling
from desktop.tab_order import follow
from desktop.theme import STEP
from desktop.who_sees import who_sees
from resources.language import _, mark

_SOON = 300
_IDLE = 10 * 60 * 1000


class CaseView(QWidget):
    """The case that is chosen; what is typed is a draft at once, and a revision when the case is left."""

    saved = Signal(str)
    pdf_asked = Signal(str)
    share_asked = Signal()

    def __init__(self, db: Database, background: Background, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._db, self._background, self._messages = db, background, messages
        self.case_id = self._coming = ""
        self._sees = ""
        self._file: CaseFile | None = None
        self._shown: CaseFile | None = None
        self._allowed = Allowed({})
        self._heads: tuple[RevisionId, ...] = ()
        self._saving = False
        self._waiting: list[Callable[[], object] | None] = []
        self._in_fields = ""
        self._soon = QTimer(self, singleShot=True, interval=_SOON)
        self._soon.timeout.connect(self._keep_draft)
        self._idle = QTimer(self, singleShot=True, interval=_IDLE)
        self._idle.timeout.connect(self.leave)
        self._spelling = Spelling(self)
        self._spelling.added.connect(lambda word: background.run(partial(add_own_word, db, word), _nothing, self))
        self._build()
        background.run(partial(own_words, db), self._spelling.know, self)
        background.run(partial(choices_in, db), self._chosen_from, self)

    @property
    def is_left(self) -> bool:
        """Whether nothing that was typed waits to become a revision, or a draft."""
        if not self.case_id:
            return True
        return not self._unsaved() and all(each.is_kept for each in self._records_tabs())

    @property
    def why_not(self) -> str:
        """Why this device may not change the case that stands there, in a sentence; empty where it may."""
        if self._file is None or self._allowed.may_change(self._file.case.space, self.case_id):
            return ""
        return self._allowed.in_space(self._file.case.space).why

    @property
    def may_change(self) -> bool:
        """Whether it may."""
        return not self.why_not

    def _unsaved(self) -> dict[str, Any]:
        """What was typed in the case itself and can become a revision."""
        return self.core.changes() if self.tabs.count() and self.may_change else {}

    @property
    def file_name(self) -> str:
        """The reference and the title of the case that stands here, as a file can be called; at most 80 signs."""
        reference = self._file.case.record.reference if self._file else ""
        named = f"{reference} {self.core.title_now() if self.tabs.count() else ''}"
        return " ".join("".join(each if each.isalnum() or each in "-.,'" else " " for each in named).split())[:80]

    def show_case(self, case_id: str) -> None:
        """Show this case, after the one that stands there was left."""
        if case_id == self.case_id and self._file is not None and self._coming in ("", case_id):
            return
        self.leave(partial(self._load, case_id))

    def new_case(self) -> None:
        """Begin a case; it is kept as soon as something is typed."""

        def begin() -> None:
            self.case_id, self._file, self._heads, self._coming = new_id(), None, (), ""
            self._shown, self._sees = None, _("Only you")
            self.where_to.begin()
            self._background.run(partial(places, self._db), self._offer_places, self, key="places")
            if self.tabs.count():
                self._show_new()

        self.leave(begin)

    def leave(self, then: Callable[[], object] | None = None) -> None:
        """Make a revision of what was typed, then go on."""
        if self._saving:
            self._waiting.append(then)
            return
        self._soon.stop()
        self._idle.stop()
        for each in self._records_tabs():
            each.keep_drafts()
        fields = self._unsaved() if self.case_id else {}
        if not fields:
            if then:
                then()
            return
        edit = Edit(RecordId(self.case_id), Case.kind, fields, self._heads, self.where_to.space)
        label = mark("Change a case") if self._file else mark("New case")
        case_id = self.case_id
        # What is typed from here on follows this save, whose revision is not known yet.
        self._heads, self._saving = (), True

        def refused(error: BaseException) -> None:
            self._saving = False
            self._waiting.clear()
            self._messages.explain(error)
            if self._file is not None and self.case_id == case_id:
                # It may be that one may do less than before, without having heard of it.
                self._load(case_id)

        def done(_number: int) -> None:
            self._saving = False
            self._kept.setText(_("Saved"))
            if self.case_id == case_id:
                self.core.accept(fields)
            self.saved.emit(case_id)
            if then:
                then()
            elif self.is_left and self.case_id == case_id:
                self._load(case_id)
            waiting, self._waiting = self._waiting, []
            for each in waiting:
                self.leave(each)

        self._background.run(partial(save_edits, self._db, [edit], label), done, self, failed=refused)

    def refresh(self, kinds: frozenset[str] = frozenset()) -> None:
        """Look again at the case that stands here, unless somebody is typing in it, and at the lists in *kinds*."""
        if any(issubclass(KINDS[each], Listed) for each in kinds if each in KINDS):
            look = partial(choices_in, self._db)
            self.leave(lambda: self._background.run(look, self._chosen_from, self, key="choices"))
        elif self.case_id and self._file is not None:
            if self.is_left or RIGHTS in kinds:
                self._load_again()
            else:
                is_there = partial(case_file, self._db, self.case_id)
                self._background.run(is_there, partial(self._looked_after, self.case_id), self, key="there")

    def hasHeightForWidth(self) -> bool:
        """It takes the height there is: its tabs scroll."""
        return False

    def event(self, event: QEvent) -> bool:
        """Whoever turns to another program has left the case."""
        if event.type() is QEvent.Type.WindowDeactivate and self.case_id:
            self.leave()
        return super().event(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """So has whoever turns to another screen."""
        super().hideEvent(event)
        if not self.is_left:
            self.leave(self.look_again)

    def archive(self) -> None:
        """Archive the case, with a way back."""
        if self._file is None:
            return
        if self.why_not:
            self._messages.tell(self.why_not)
            return
        entry = self._file.case
        change = Change(replace(entry.record, archived=True), entry)

        def done(_number: int) -> None:
            self.forget()
            self._messages.tell(_("The case is archived."), _("Undo"), self._take_back)

        work = partial(save, self._db, [change], mark("Archive case"))
        self.leave(lambda: self._background.run(work, done, self))

    def look_again(self) -> None:
        """Show the case that stands there as it is kept by now, also when it was new until it was left."""
        if self.case_id and self.is_left:
            self._load_again()

    def forget(self) -> None:
        """Show no case, and keep nothing of the one that stood here."""
        self._soon.stop()
        self._idle.stop()
        self.case_id, self._file, self._shown, self._coming = "", None, None, ""
        self._in_fields = ""
        self.title.clear()
        if self.tabs.count():
            self.core.show_values({})
        for each in self._records_tabs():
            each.forget()
        self._pages.setCurrentIndex(0)

    def _take_back(self) -> None:
        self._background.run(partial(undo, self._db), lambda _label: None, self)

    def _build(self) -> None:
        nothing = QLabel(_("Choose a case in the list, or begin a new one with Ctrl+N."), wordWrap=True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        nothing.setProperty("role", "muted")
        self.title = QLabel(wordWrap=True)
        self.title.setProperty("role", "title")
        self._below = QLabel(wordWrap=True)
        self._who = QLabel(wordWrap=True)
        self._why_not = QLabel(wordWrap=True)
        self._kept = QLabel()
        self.choose = ChoiceNeeded()
        self.choose.clicked.connect(self._go_to_choice)
        self.returned = Returned()
        self.returned.wanted.connect(self._settle_archived)
        self._steps = Flow()
        for each in (self._below, self._who, self._why_not, self._kept):
            each.setProperty("role", "muted")
        self.core: CoreTab
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName(_("Case"))
        self.tabs.currentChanged.connect(lambda _at: self.leave())
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(6 * STEP, 4 * STEP, 6 * STEP, 2 * STEP)
        layout.setSpacing(2 * STEP)
        line = QHBoxLayout()
        self.where_to = WhereTo()
        self.where_to.currentIndexChanged.connect(self._placed)
        line.addWidget(self.where_to)
        line.addWidget(self._who, 1)
        line.addWidget(self._kept, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(line)
        layout.addWidget(self._why_not)
        for widget in (self.title, self._below, self.returned):
            layout.addWidget(widget)
        layout.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(self._steps)
        layout.addWidget(self.tabs, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(nothing)
        self._pages.addWidget(page)

    def _chosen_from(self, choices: Choices) -> None:
        """What can be chosen is known: now the tabs can be made, or made again."""
        self._spelling.know(area.name for area in choices.areas.all())
        at, is_first_time = self.tabs.currentIndex(), not self.tabs.count()
        typed = self.core.changes() if self.tabs.count() else {}
        self.tabs.blockSignals(True)
        while old := self.tabs.widget(0):
            self.tabs.removeTab(0)
            old.deleteLater()
        self._in_fields = ""
        self.core = CoreTab(choices, self._spelling)
        self.core.typed.connect(self._typed)
        self.weighing = WeighingTab(self._save_record, choices, self._spelling)
        self.direction = DirectionTab(self._save_record, choices, self._spelling)
        self.course = CourseTab(self._save_record, choices, self._spelling, self._db, self._background)
        for tab, name in (
            (self.core, _("Core")),
            (self.weighing, _("Weighing")),
            (self.direction, _("Direction and conditions")),
            (self.course, _("Course")),
        ):
            self.tabs.addTab(tab, name)
        for each in self._records_tabs():
            each.typing.connect(lambda: self._kept.setText(_("Typing…")))
            each.typed_in.connect(self._keep_drafts)
        self.tabs.setCurrentIndex(max(at, 0))
        self.tabs.blockSignals(False)
        self._shown = None
        if self._file is not None:
            self._show(self._file, ())
            self._load_again()
        elif self.case_id and is_first_time:
            self._show_new()
        elif self.case_id:
            self._show(CaseFileless(RecordId(self.case_id)), ())
        self.core.fill(typed)

    def _show_new(self) -> None:
        """The case that was begun, with the keys where typing begins."""
        self._show(CaseFileless(RecordId(self.case_id)), ())
        self.tabs.setCurrentIndex(0)
        self.core.first().setFocus()

    def _records_tabs(self) -> tuple[RecordsTab, ...]:
        return (self.weighing, self.direction, self.course) if self.tabs.count() else ()

    def _load(self, case_id: str) -> None:
        self._coming = case_id
        self._background.run(partial(_looked_up, self._db, RecordId(case_id)), self._loaded, self, key="case")

    def _load_again(self) -> None:
        """Look again at the case that stands here, or at the one that was chosen just now and is not here yet."""
        self._load(self._coming or self.case_id)

    def _looked_after(self, case_id: str, file: CaseFile | None) -> None:
        """What was erased goes from the screen, also from under what somebody is typing in it."""
        if file is None and self._file is not None and self.case_id == case_id:
            typed = "" if self.is_left else " " + _("So is what you were typing in it.")
            self.forget()
            self._messages.warn(_("The case that stood here was erased for good in the meantime, here too.") + typed)

    def _loaded(self, found: "_Found") -> None:
        if found.case_id != self._coming:
            return
        self._coming = ""
        file, drafts, self._sees = found.file, found.drafts, found.sees
        if file is None:
            self._looked_after(found.case_id, file)
            return
        was, self._allowed = self._allowed, found.allowed
        if file == self._shown and was == self._allowed:
            self._say_who()
            return
        typing = self.case_id == file.case.record.id and bool(self.core.changes())
        self.case_id, self._file = file.case.record.id, file
        if typing:
            # What is typed was typed over what stood there: that is what it will be compared with.
            self._show_limits()
            self._offer_steps(file.case.record)
            for each in self._records_tabs():
                each.show_file(file, drafts, self._allowed)
            return
        self._heads, self._shown = file.case.heads, file
        self._show(file, drafts)

    def _show(self, file: "CaseFile | CaseFileless", drafts: Iterable[Draft]) -> None:
        known = file if isinstance(file, CaseFile) else None
        case = file.record if isinstance(file, CaseFileless) else file.case.record
        differences = known.case.differences if known else ()
        self._pages.setCurrentIndex(1)
        if known:
            self.where_to.begin()
        self._say_who()
        self.title.setText(case.title or _("New case"))
        self._kept.setText(_("Saved") if known else "")
        self.core.show_values(plain_values(case), differences, is_same=case.id == self._in_fields)
        self._in_fields = case.id
        self._show_limits()
        self.choose.show_file(known, self._allowed)
        self.returned.setVisible(self.may_change and any(each.field == "archived" for each in differences))
        label = label_of(standing(known.directions), known.conditions) if known else None
        parts = [case.reference, case.status.text, label.text if label else "", _("Sample") if case.sample else ""]
        self._below.setText(" · ".join(each for each in parts if each))
        self._offer_steps(case)
        for at in range(1, self.tabs.count()):
            self.tabs.setTabEnabled(at, known is not None)
        for each in self._records_tabs():
            if known:
                each.show_file(known, drafts, self._allowed)

    def _show_limits(self) -> None:
        """What may not be changed stands there as text, with one sentence why."""
        self.core.lock(not self.may_change)
        why = self.why_not
        if why and self.core.changes():
            why += " " + _("What you were typing cannot be kept here any more: copy what you need.")
        self._why_not.setText(why)
        self._why_not.setVisible(bool(why))

    def _go_to_choice(self) -> None:
        """Bring the first field that differs into view, with the keys on what one can choose."""
        held = {each.kind: tab for tab in self._records_tabs() for each in tab.shows}
        tab = held.get(self.choose.kind, self.core)
        self.tabs.setCurrentWidget(tab)
        strip = tab.findChild(DifferenceStrip)
        if strip:
            tab.ensureWidgetVisible(strip)
            strip.findChildren(QPushButton)[0].setFocus()

    def _say_who(self) -> None:
        self._who.setText(_("Who sees this? {who}").format(who=self._sees))
        self._who.setVisible(self.where_to.isHidden())
        if self.tabs.count():
            space = self._file.case.space if self._file else self.where_to.space
            self.core.show_identifying(space in ("", self._db.personal))

    def _offer_places(self, found: list[Place]) -> None:
        if self._file is None:
            self.where_to.offer(found)
            self._say_who()

    def _placed(self, _at: int) -> None:
        """Who it is for is part of what is kept at once."""
        self._say_who()
        self._keep_draft()

    def _settle_archived(self, archived: bool) -> None:
        """Somebody archived the case while another one worked on it: the reader says what it is to be."""
        if self._file is not None:
            edit = Edit(RecordId(self.case_id), Case.kind, {"archived": archived}, self._file.case.heads)
            work = partial(save_edits, edits=[edit], label=mark("Archive case"))
            self._save_record(Saving(work, _("The case is archived.") if archived else ""))

    def _offer_steps(self, case: Case) -> None:
        had_keys = False
        while item := self._steps.takeAt(0):
            if widget := item.widget():
                had_keys = had_keys or widget.hasFocus()
                widget.deleteLater()
        if self._file is None:
            return
        for status in case.next_steps() if self.may_change else ():
            button = QPushButton(_("→ {status}").format(status=status.text))
            button.setAccessibleName(_("Go on to: {status}").format(status=status.text))
            button.clicked.connect(lambda _on=False, to=status: self.leave(partial(self._step, to)))
            self._steps.addWidget(button)
        pdf = QPushButton(_("PDF…"))
        pdf.setAccessibleName(_("Save case as PDF"))
        pdf.clicked.connect(lambda: self.pdf_asked.emit(self.case_id))
        self._steps.addWidget(pdf)
        share = QPushButton(_("Copy into a circle…"))
        share.setToolTip("Ctrl+Shift+S")
        share.clicked.connect(self.share_asked)
        self._steps.addWidget(share)
        made = (self._steps.itemAt(at) for at in range(self._steps.count()))
        follow(self.choose, *(widget for each in made if each and (widget := each.widget())))
        if had_keys and (first := self._steps.itemAt(0)) and (button_now := first.widget()):
            button_now.setFocus()

    def _step(self, to: CaseStatus) -> None:
        def done(_number: int) -> None:
            self._messages.tell(_("The case is now: {status}.").format(status=to.text), _("Undo"), self._take_back)
            self._load_again()

        self._background.run(partial(_move, self._db, self.case_id, to), done, self)

    def _typed(self) -> None:
        self._kept.setText(_("Typing…"))
        for at in range(1, self.tabs.count()):
            # Who goes to another tab leaves this one, and with that the case is there.
            self.tabs.setTabEnabled(at, True)
        if title := self.core.title_now():
            self.title.setText(title)
        self._soon.start()
        self._idle.start()

    def _keep_draft(self) -> None:
        fields = self.core.changes()
        if not fields:
            return
        draft = Draft(RecordId(self.case_id), Case.kind, fields, self._heads, self.where_to.space)
        self._background.run(
            partial(keep, self._db, draft), lambda _none: self._kept.setText(_("Saved")), self, key="draft"
        )

    def _keep_drafts(self, drafts: list[Draft], emptied: list[RecordId]) -> None:
        work = partial(_keep_and_drop, self._db, drafts, emptied)
        self._background.run(work, lambda _none: self._kept.setText(_("Saved")), self)

    def _save_record(self, saving: Saving) -> None:
        """A tab has something to save: the case comes again when it is."""

        def done(_number: int) -> None:
            if saving.told:
                self._messages.tell(saving.told, _("Undo"), self._take_back)
            else:
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, _("Recorded.")))
            self._load_again()

        def refused(error: BaseException) -> None:
            saving.refused()
            self._messages.explain(error)

        work = partial(saving.work, self._db)
        self.leave(lambda: self._background.run(work, done, self, failed=refused))


def _nothing(_none: object) -> None:
    """Nothing is to be done when the work is."""


class CaseFileless:
    """A case that nobody saved yet."""

    def __init__(self, case_id: RecordId) -> None:
        self.record = Case(id=case_id)


def _move(db: Database, case_id: str, to: CaseStatus) -> int:
    """Take the case one step on; raises the `Problem` of its guard."""
    file = case_file(db, case_id)
    if file is None:
        return 0
    direction = standing(file.directions)
    moved = file.case.record.moved(
        to,
        has_direction=direction is not None and bool(direction.motivation.strip()),
        has_alignment=any(direction and each.direction_id == direction.id for each in file.alignments),
        positive=direction is not None and direction.direction is DirectionValue.POSITIVE,
    )
    return save(db, [Change(moved, file.case)], mark("Change the status"))


@dataclass(frozen=True, slots=True)
class _Found:
    """A case as it was looked up."""

    case_id: str
    file: CaseFile | None
    drafts: list[Draft]
    sees: str
    allowed: Allowed


def _looked_up(db: Database, case_id: RecordId) -> _Found:
    file = case_file(db, case_id)
    return _Found(case_id, file, waiting(db, case_id), who_sees(db, file.case.space if file else ""), allowed(db))


def _keep_and_drop(db: Database, drafts: list[Draft], emptied: list[RecordId]) -> None:
    for draft in drafts:
        keep(db, draft)
    for each in emptied:
        drop(db, each)
