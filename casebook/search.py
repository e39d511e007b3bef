"""Finding cases by words."""

WORDS_TABLE = """CREATE VIRTUAL TABLE words USING fts5(
    title, summary, rest, terms, content='', contentless_delete=1,
    tokenize='unicode61 remove_diacritics 2', prefix='2 3')"""


def words_row(title: str, summary: str, rest: str) -> dict[str, str]:
    """The texts of one case as the index holds them."""
    return {"title": title, "summary": summary, "rest": rest, "terms": ""}
