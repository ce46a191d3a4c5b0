"""XML from anywhere as a small tree: no document type, hence no entities, and everything bounded.

The parser is Expat. It resolves nothing outside the file; a document type, which alone could
declare entities, is refused where it begins.
"""

from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from attrs import define, field

from ecma2py.errors import ConfigurationError

LARGEST_FILE = 16 * 1024 * 1024
MOST_ELEMENTS = 250_000
MOST_ATTRIBUTES = 64
"""Of one element."""
DEEPEST = 64
_LONGEST_NAME = 100
"""Every name of the vocabulary is shorter; a longer one is only ever shown."""
_LARGEST_NUMBER = 999_999_999
_TRUE, _FALSE = ("true", "1"), ("false", "0", "")


class ForeignFileError(ConfigurationError):
    """A foreign configuration file cannot be used; the message has file, line and element."""


@define(eq=False)
class Element:
    """One element, by its name without prefix; attributes likewise."""

    name: str
    text: str = ""
    """All text directly inside, as it stands."""
    attributes: dict[str, str] = field(factory=dict)
    children: list["Element"] = field(factory=list)
    line: int = 0
    file: str = ""

    def refuse(self, problem: str) -> NoReturn:
        """Raise ForeignFileError about this element."""
        raise ForeignFileError(f"{self.file}, line {self.line}, <{self.name}>: {problem}")

    def all(self, *path: str) -> Iterator["Element"]:
        """Every element that *path* leads to, in the order of the file."""
        if not path:
            yield self
            return
        for each in self.children:
            if each.name == path[0]:
                yield from each.all(*path[1:])

    def find(self, *path: str) -> "Element | None":
        """The first element that *path* leads to."""
        return next(self.all(*path), None)

    def need(self, name: str) -> "Element":
        """The child called *name*; ForeignFileError if there is none."""
        return self.find(name) or self.refuse(f"it has no <{name}>")

    def inside(self, name: str) -> Iterator["Element"]:
        """Every element called *name*, however deep."""
        for each in self.children:
            if each.name == name:
                yield each
            yield from each.inside(name)

    def word(self, *path: str) -> str:
        """The text of the element that *path* leads to, without space around it; may be empty."""
        found = self.find(*path)
        return found.text.strip() if found is not None else ""

    def raw(self, *path: str) -> str:
        """The text of the element that *path* leads to, as it stands."""
        found = self.find(*path)
        return found.text if found is not None else ""

    def name_in(self, child: str) -> str:
        """The text of *child*, as it stands; ForeignFileError if it is empty or blank."""
        text = self.raw(child)
        return text if text.strip() else self.refuse(f"its <{child}> is missing or empty")

    def flag(self, *path: str) -> bool:
        """True or false as the file has it; false if it is not there, ForeignFileError if neither.

        XML Schema has ``true`` and ``1``; .NET also writes ``True``.
        """
        found = self.find(*path)
        word = found.text.strip().lower() if found is not None else ""
        if found is not None and word not in (*_TRUE, *_FALSE):
            found.refuse(f"{_short(word)} is neither true nor false")
        return word in _TRUE

    def number(self, *path: str) -> int | None:
        """A whole number; None if it is not there or empty, ForeignFileError if it is none."""
        found = self.find(*path)
        word = found.text.strip() if found is not None else ""
        if found is None or not word:
            return None
        # int() takes more than digits, and digits of any script; their number is bounded first.
        if not (word.isascii() and word.isdigit() and len(word) <= len(str(_LARGEST_NUMBER))):
            found.refuse(f"{_short(word)} is no whole number from 0 to {_LARGEST_NUMBER}")
        return int(word)


def parse_tree(content: bytes, file: str) -> Element:
    """The root of the XML in *content*; ForeignFileError calls it *file*."""
    if len(content) > LARGEST_FILE:
        raise ForeignFileError(
            f"{file}: it is larger than {LARGEST_FILE >> 20} MB, which no configuration is."
        )
    building = _Building(file, expat.ParserCreate())
    try:
        # In one piece: a token that comes in many would be scanned anew with each of them.
        building.parser.Parse(content, True)
    except expat.ExpatError as error:
        building.refuse(f"it is not well-formed XML: {expat.ErrorString(error.code)}")
    except ForeignFileError:  # a ValueError too: what was refused on the way says why itself
        raise
    except (LookupError, ValueError) as error:
        building.refuse(f"its encoding is none that can be read ({error}): save it as UTF-8")
    assert building.root is not None
    return building.root


@define(eq=False)
class _Building:
    """The tree so far, and what is still open of it."""

    file: str
    parser: expat.XMLParserType
    root: Element | None = None
    _open: list[Element] = field(factory=list)
    _texts: list[list[str]] = field(factory=list)
    """What has been read between the tags of each open element: joined once, when it is whole."""
    _count: int = 0

    def __attrs_post_init__(self) -> None:
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype

    def refuse(self, problem: str) -> NoReturn:
        """Raise ForeignFileError for where the parser is."""
        inside = f", <{self._open[-1].name}>" if self._open else ""
        line = self.parser.CurrentLineNumber
        raise ForeignFileError(f"{self.file}, line {line}{inside}: {problem}")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS:
            self.refuse(f"it has more than {MOST_ELEMENTS} elements, which no configuration has")
        if len(self._open) >= DEEPEST:
            self.refuse(f"its elements are nested more than {DEEPEST} deep")
        if len(attributes) > MOST_ATTRIBUTES:
            self.refuse(f"<{_local(name)}> has more than {MOST_ATTRIBUTES} attributes")
        made = Element(_local(name), line=self.parser.CurrentLineNumber, file=self.file)
        # With and without a prefix, the one without is the vocabulary's own.
        for each in sorted(attributes, key=lambda each: ":" not in each):
            made.attributes[_local(each)] = attributes[each]
        if self._open:
            self._open[-1].children.append(made)
        else:
            self.root = made
        self._open.append(made)
        self._texts.append([])

    def _end(self, name: str) -> None:
        self._open.pop().text = "".join(self._texts.pop())

    def _characters(self, text: str) -> None:
        self._texts[-1].append(text)

    def _doctype(self, *declared: object) -> None:
        self.refuse(
            "it declares a document type, in which entities can be hidden; a configuration has "
            "none: take the <!DOCTYPE> out if you trust where the file is from"
        )


def _local(name: str) -> str:
    return name.rpartition(":")[2][:_LONGEST_NAME]


def _short(text: str) -> str:
    return repr(text) if len(text) <= 40 else f"{text[:40]!r}..."
