"""Finds words that a reader would see but that no translator ever will: strings that escape gettext."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.words.syntax import (
    Names,
    name_of,
    own_nodes,
    owner_of,
    parts,
    run_at_import,
    scopes,
    values_of_names,
)

TRANSLATED = {"_", "plural"}
EXTRACTED = TRANSLATED | {"mark"}


def _places(names: dict[tuple[int, ...], str]) -> dict[str, tuple[int, ...]]:
    return {name: places for places, together in names.items() for name in together.split()}


SHOWN = _places(
    {
        (0,): """
            QLabel QPushButton QToolButton QCheckBox QRadioButton QGroupBox QCommandLinkButton QDockWidget
            QStandardItem setText setToolTip setWhatsThis setStatusTip setWindowTitle setTitle setSubTitle
            setPlaceholderText setAccessibleName setAccessibleDescription setLabelText setCancelButtonText
            setInformativeText setDetailedText setIconText setSpecialValueText setSuffix setPrefix setFormat
            setHtml setMarkdown setPlainText showMessage addRow addItem addItems addButton addSection
            setApplicationDisplayName setHeaderLabels setHorizontalHeaderLabels announce print Problem
            warn Paragraph Item Notice Quote Run Table Facts
            """,
        (0, 1): "QAction addAction addMenu QListWidgetItem tell",
        (1,): "Heading setTabText setTabToolTip setItemText QAccessibleAnnouncementEvent getExistingDirectory",
        (1, 2): "addTab information question warning critical about getText getMultiLineText getItem",
        (1, 3): "getOpenFileName getOpenFileNames getSaveFileName",
        (2,): "insertTab insertItem",
    }
)
"""Calls whose arguments at these places stand on the screen, so they must be translated there."""

DECLARED = _places({(0,): "Column", (1,): "Command", (2,): "save"})
"""Calls that keep words for later: there they must be marked, and are translated where they are shown."""

FIELDS = {"title": 0, "line": 1, "prose": 1, "value": 0, "several": 0, "identifying": 0}
"""How the fields of a record are declared, and where their label stands."""

KEYWORDS = {
    *("label", "help", "title", "description", "tooltip", "placeholder"),
    *("act", "epilog", "caption", "subject", "footer", "sentence"),
}
"""Names of arguments that hold words for a reader, in any call."""

TERMINAL = {"stdout", "stderr"}

SENTENCE = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ]*[,:;]? [a-zà-ÿ{‘“'(][\w{}‘’“”'(),:;–/\s-]*[.…:?!]?")
"""At least two words, the first with a capital, the second without: what nobody writes for a machine."""

WITHOUT_WORDS = re.compile(r"\{[^{}]*\}|<[^<>]*>|&\w+;|\b(?:(?:Ctrl|Alt|Shift)\+)+\w+|\bF\d+\b")
"""Places to fill in, tags, entities and keys: the same in every language."""


@dataclass(frozen=True, slots=True, order=True)
class Escape:
    """A string at a line, and why it does not reach the readers in their own language."""

    line: int
    text: str
    why: str


def escapes(source: str) -> list[Escape]:
    """Every string of a module that a reader would see untranslated, in the order of the lines."""
    tree = ast.parse(source)
    found = [
        *_shown_untranslated(tree),
        *_label_unmarked(tree),
        *_put_together_first(tree),
        *_translated_at_import(tree),
        *_sentences(tree),
    ]
    return sorted({(each.line, each.text): each for each in reversed(found)}.values())


def has_letters(text: str) -> bool:
    """Whether there is something to translate; in `{name} <b>` or `Ctrl+N` there is not."""
    return any(each.isalpha() for each in WITHOUT_WORDS.sub("", text))


def _shown_untranslated(tree: ast.Module) -> Iterator[Escape]:
    everywhere = values_of_names(tree)
    elsewhere = _of_database(tree)
    names = {name: places for name, places in (SHOWN | DECLARED).items() if name not in elsewhere}
    for scope in scopes(tree):
        known = everywhere | values_of_names(scope)
        for call in (node for node in own_nodes(scope) if isinstance(node, ast.Call)):
            for argument in _read_by_people(call, names):
                yield from _raw(argument, known, "is shown, but not translated")
            if name_of(call) in SHOWN:
                for argument in _read_by_people(call, SHOWN):
                    yield from _only_marked(argument, known)


def _read_by_people(call: ast.Call, names: dict[str, tuple[int, ...]]) -> Iterator[ast.expr]:
    """The arguments that end before a reader."""
    places = names.get(name_of(call), ())
    if name_of(call) == "write" and owner_of(call) in TERMINAL:
        places = (0,)
    yield from (argument for place, argument in enumerate(call.args) if place in places)
    yield from (keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS)


def _raw(argument: ast.expr, known: Names, why: str) -> Iterator[Escape]:
    """The words in an expression that no translation replaces."""
    for each in parts(argument, known):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and has_letters(each.value):
            yield Escape(each.lineno, each.value, why)


def _only_marked(argument: ast.expr, known: Names) -> Iterator[Escape]:
    for each in parts(argument, known):
        is_marked = isinstance(each, ast.Call) and name_of(each) == "mark"
        is_label = isinstance(each, ast.Attribute) and each.attr in {"label", "help"}
        if is_marked or is_label:
            yield Escape(each.lineno, ast.unparse(each), "is marked, but not translated where it is shown")


def _label_unmarked(tree: ast.Module) -> Iterator[Escape]:
    """Labels in the bodies of classes: of a choice (`OPEN = "open", mark("Open")`) and of a field."""
    for cls in (each for each in ast.walk(tree) if isinstance(each, ast.ClassDef)):
        is_choice = any(name_of(base) == "Choice" for base in cls.bases)
        for line in cls.body:
            match line:
                case ast.Assign(value=ast.Tuple(elts=[_, *labels])) if is_choice:
                    pass
                case ast.AnnAssign(value=ast.Call(args=arguments) as call) if name_of(call) in FIELDS:
                    labels = arguments[FIELDS[name_of(call)] :][:1]
                case _:
                    labels = []
            for label in labels:
                yield from _raw(label, {}, "is a label, but not marked")


def _put_together_first(tree: ast.Module) -> Iterator[Escape]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or name_of(call) not in EXTRACTED:
            continue
        for argument in call.args[: 2 if name_of(call) == "plural" else 1]:
            is_text = isinstance(argument, ast.JoinedStr | ast.BinOp | ast.Call | ast.IfExp)
            if is_text and any(_raw(argument, {}, "")):
                yield Escape(argument.lineno, ast.unparse(argument), "is put together before it is translated")


def _translated_at_import(tree: ast.Module) -> Iterator[Escape]:
    for call in run_at_import(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TRANSLATED:
            yield Escape(call.lineno, ast.unparse(call), "is translated once, at import: mark it instead")


def _sentences(tree: ast.Module) -> Iterator[Escape]:
    for text in _texts_without_purpose(tree):
        if SENTENCE.fullmatch(str(text.value)):
            yield Escape(text.lineno, str(text.value), "reads like a sentence, but is not translated")


def _texts_without_purpose(node: ast.AST) -> Iterator[ast.Constant]:
    """Strings that are no docstring, not translated, and not plainly meant for a developer."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Expr(value=ast.Constant()) | ast.Assert() | ast.keyword(arg="details"):
                continue
            case ast.Raise(exc=ast.Call() as call) if name_of(call) != "Problem":
                continue
            case ast.Call() if name_of(child) in EXTRACTED or _is_for_developers(child):
                continue
            case ast.Constant(value=str()):
                yield child
            case _:
                yield from _texts_without_purpose(child)


def _is_for_developers(call: ast.Call) -> bool:
    return owner_of(call) in {"log", "logger", "logging", "re", "warnings"}


def _of_database(tree: ast.Module) -> set[str]:
    """Names that mean something of the database here: a table and its columns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and "sqlalchemy" in ast.unparse(node):
            return {"Column", "Table"}
    return set()
