"""XML from anywhere: a tree within bounds, or an error that says where."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.host.foreign import tree
from ecma2py.host.foreign.tree import Element, ForeignFileError, parse_tree
from ecma2py.host.foreign.xml_text import UnwritableError, writable, xml_text
from tests.host.foreign.samples import ALL

TEXT = st.text(st.characters(exclude_categories=["Cs"])).filter(writable)
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True)
TREES = st.recursive(
    st.builds(Element, NAMES, TEXT, st.dictionaries(NAMES, TEXT, max_size=3)),
    lambda inner: st.builds(
        Element,
        NAMES,
        attributes=st.dictionaries(NAMES, TEXT, max_size=3),
        children=st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=12,
)


def refused(content: bytes) -> str:
    """What is said of a file that cannot be used."""
    with pytest.raises(ForeignFileError) as caught:
        parse_tree(content, "a.xml")
    return str(caught.value)


def same(one: Element, other: Element) -> bool:
    """Whether two trees say the same; between elements there may be space."""
    text = one.text == other.text if not one.children else not other.text.strip()
    return (
        (one.name, one.attributes, text) == (other.name, other.attributes, True)
        and len(one.children) == len(other.children)
        and all(map(same, one.children, other.children))
    )


@given(TREES)
def test_what_is_written_is_read_back(root: Element) -> None:
    """Any text, with any space and any character that XML has a form for, survives."""
    assert same(root, parse_tree(xml_text(root).encode(), "a.xml"))


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)
def test_the_samples_survive_being_written(path: Path) -> None:
    """A file as Microsoft writes it comes back as the same tree."""
    root = parse_tree(path.read_bytes(), path.name)
    assert same(root, parse_tree(xml_text(root).encode(), "a.xml"))


@pytest.mark.parametrize("character", ["\0", "\x1b", "\ufffe", "\uffff", "\ud800"])
def test_what_xml_has_no_form_for_is_not_written(character: str) -> None:
    """An error, not a file that nobody can read."""
    with pytest.raises(UnwritableError):
        xml_text(Element("a", f"x{character}"))


def test_nothing_written_steers_a_terminal() -> None:
    """A control character that XML allows is written as a number."""
    assert "\x9b" not in xml_text(Element("a", "\x9b31m"))


BOMB = b"""<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>\n<a>&y;</a>"""
OUTSIDE = b"""<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "file:///etc/passwd">\n<a/>"""


@pytest.mark.parametrize(("content", "line"), [(BOMB, 1), (OUTSIDE, 2)])
def test_a_document_type_is_refused(content: bytes, line: int) -> None:
    """No entity is ever declared, from inside the file or outside."""
    assert refused(content).startswith(f"a.xml, line {line}: it declares a document type")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "line 1: it is not well-formed XML: no element found"),
        (b"<a>\n<b></a>", "line 2, <b>: it is not well-formed XML: mismatched tag"),
        (b"<a>\n&nbsp;</a>", "line 2, <a>: it is not well-formed XML: undefined entity"),
        (b"<a>\xff</a>", "line 1, <a>: it is not well-formed XML"),
        (b'<?xml version="1.0" encoding="rot13"?><a/>', "its encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "its encoding"),
    ],
)
def test_bad_xml_is_told_with_its_place(content: bytes, says: str) -> None:
    """The message has the file, the line and the element that is open there."""
    said = refused(content)
    assert said.startswith("a.xml")
    assert says in said


def test_everything_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes, elements, depth, attributes: beyond each there is an error, and no more memory."""
    deep = b"<a>" * (tree.DEEPEST + 1)
    assert refused(deep).startswith("a.xml, line 1, <a>: its elements are nested more than 64 deep")
    wide = " ".join(f'b{n}=""' for n in range(tree.MOST_ATTRIBUTES + 1))
    assert f"more than {tree.MOST_ATTRIBUTES} attributes" in refused(f"<a {wide}/>".encode())
    monkeypatch.setattr(tree, "MOST_ELEMENTS", 10)
    assert "more than 10 elements" in refused(b"<a>" + b"<b/>" * 10 + b"</a>")
    monkeypatch.setattr(tree, "LARGEST_FILE", 8)
    assert "larger than" in refused(b"<a></a>  ")


@pytest.mark.timeout(60)
def test_text_between_many_elements_takes_no_time() -> None:
    """Time grows with the size of a file, not with its square, which would be hours here."""
    content = b"<a>" + (b"x" * 59 + b"<b/>") * (tree.MOST_ELEMENTS - 1) + b"</a>"
    assert len(parse_tree(content, "a.xml").text) == 59 * (tree.MOST_ELEMENTS - 1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_any_usual_encoding_is_read(encoding: str) -> None:
    """Windows writes byte order marks, and UTF-16."""
    declared = "iso-8859-1" if encoding.startswith("iso") else encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?>\r\n<a>Zürich\r\n</a>'
    assert parse_tree(text.encode(encoding), "a.xml").text == "Zürich\n"


@pytest.mark.parametrize("word", ["-1", "1.5", "x", "9" * 10, "٣", "1_0"])
def test_what_is_no_number_is_refused_with_its_line(word: str) -> None:
    """The error names the element that should be one."""
    root = parse_tree(f"<a>\n<b>{word}</b></a>".encode(), "a.xml")
    with pytest.raises(ForeignFileError, match="a.xml, line 2, <b>"):
        root.number("b")


def test_words_are_read_as_net_and_xml_schema_write_them() -> None:
    """``True``, ``true`` and ``1`` are true, what is missing or empty is false."""
    root = parse_tree(b"<a><b>True</b><c>1</c><d> false </d><e/><f>yes</f></a>", "a.xml")
    assert [root.flag(name) for name in "bcdex"] == [True, True, False, False, False]
    with pytest.raises(ForeignFileError, match="<f>: 'yes' is neither true nor false"):
        root.flag("f")
