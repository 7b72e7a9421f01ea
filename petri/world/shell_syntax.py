"""A command line as data: words with their quoting, pipelines, redirections. Nothing is expanded or run here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from petri.errors import WorldError

_OPERATORS: Final = (
    "<<<",
    "<<-",
    "&>>",
    "&&",
    "||",
    ">>",
    "<<",
    ">&",
    "&>",
    ";",
    "|",
    "<",
    ">",
    "&",
    "(",
    ")",
    "\n",
)
_STARTS: Final = frozenset(operator[0] for operator in _OPERATORS)
_REDIRECTIONS: Final = frozenset({"<", ">", ">>", "<<", "<<-", "<<<", ">&", "&>", "&>>"})
_JOINS: Final = frozenset({"&&", "||", ";", "\n"})
_ESCAPED_IN_QUOTES: Final = '$`"\\'

Mark = Literal["", "'", '"']


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a word: bare, or in quotes of one kind (what is escaped counts as in single quotes)."""

    text: str
    mark: Mark = ""


Word = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Redirection:
    """Where a stream goes or comes from. ``word`` is a file, or the text itself for ``<<`` and ``<<<``."""

    stream: int
    operator: str
    word: Word


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its arguments, unexpanded."""

    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A pipeline, and how it follows the one before it: ``&&``, ``||`` or ``;``."""

    join: str
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class _Operator:
    text: str
    stream: int | None = None
    """The digit before a redirection."""
    here: Part | None = None
    """The text of a ``<<``."""


def parse(line: str) -> list[Step]:
    """Give the pipelines of a command line; raises ``WorldError`` with what bash would say."""
    steps: list[Step] = []
    join, commands, pending = ";", list[Command](), list[Word | _Operator]()
    tokens = [*_Lexer(line).tokens(), _Operator("\n")]
    for token in tokens:
        if not isinstance(token, _Operator) or token.text in _REDIRECTIONS:
            pending.append(token)
            continue
        if token.text == "\n" and not pending:
            continue
        if not pending or token.text not in _JOINS | {"|"}:
            raise _unexpected(token.text)
        commands.append(_command(pending))
        pending = []
        if token.text != "|":
            steps.append(Step(join, tuple(commands)))
            join, commands = token.text.replace("\n", ";"), []
    if commands or join in {"&&", "||"}:
        raise WorldError("bash: syntax error: unexpected end of file")
    return steps


def _command(tokens: Sequence[Word | _Operator]) -> Command:
    words: list[Word] = []
    redirections: list[Redirection] = []
    rest = iter(tokens)
    for token in rest:
        if not isinstance(token, _Operator):
            words.append(token)
            continue
        word = (token.here,) if token.here is not None else next(rest, None)
        if word is None or isinstance(word, _Operator):
            raise _unexpected("newline" if word is None else word.text)
        stream = token.stream if token.stream is not None else 0 if token.text[0] == "<" else 1
        redirections.append(Redirection(stream, token.text, word))
    return Command(tuple(words), tuple(redirections))


def _unexpected(token: str) -> WorldError:
    return WorldError(f"bash: syntax error near unexpected token `{token}'")


class _Lexer:
    """Cuts a line into words and operators."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text.replace("\0", "").replace("\r\n", "\n"), 0
        self._heres: list[tuple[int, str, str, bool]] = []
        """Texts still to come: where their operator stands, the operator, the last line, whether to expand."""
        self._found: list[Word | _Operator] = []

    def tokens(self) -> list[Word | _Operator]:
        """Give all tokens."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in " \t":
                self._at += 1
            elif char == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif char in _STARTS:
                self._operator(None)
            else:
                self._word()
        self._read_heres()
        return self._found

    def _operator(self, stream: int | None) -> None:
        text = next(each for each in _OPERATORS if self._text.startswith(each, self._at))
        self._at += len(text)
        self._found.append(_Operator(text, stream))
        if text in {"<<", "<<-"}:
            self._here(text)
        elif text == "\n":
            self._read_heres()

    def _word(self) -> None:
        start = self._at
        word = tuple(self._parts())
        text = self._text[start : self._at]
        if text in {"1", "2"} and self._text.startswith((">", "<"), self._at):
            self._operator(int(text))
        else:
            self._found.append(word)

    def _parts(self) -> Iterator[Part]:
        """Read the pieces of one word."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in _STARTS or char in " \t":
                return
            self._at += 1
            if char == "'":
                yield Part(self._until("'"), "'")
            elif char == '"':
                yield from self._double_quoted()
            elif char == "\\":
                following = self._text[self._at : self._at + 1]
                self._at += 1
                if following != "\n":
                    yield Part(following, "'")
            else:
                self._refuse_substitution(char)
                yield Part(char + self._bare())

    def _bare(self) -> str:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in _STARTS | set(" \t'\"\\"):
            self._refuse_substitution(self._text[self._at])
            self._at += 1
        self._refuse_substitution(self._text[self._at - 1])
        return self._text[start : self._at]

    def _double_quoted(self) -> Iterator[Part]:
        text = ""
        while True:
            char = self._text[self._at : self._at + 1]
            self._at += 1
            if char == "":
                raise _unclosed('"')
            if char == '"':
                yield Part(text, '"')
                return
            self._refuse_substitution(char)
            following = self._text[self._at : self._at + 1]
            if char == "\\" and following and following in _ESCAPED_IN_QUOTES:
                yield from (Part(text, '"'), Part(following, "'"))
                self._at += 1
                text = ""
            else:
                text += char

    def _refuse_substitution(self, char: str) -> None:
        """Refuse ``$(…)`` and back quotes; ``char`` is the one before the place."""
        if char == "`" or (char == "$" and self._text.startswith("(", self._at)):
            raise WorldError("bash: restricted: command substitution is disabled")

    def _until(self, mark: str) -> str:
        end = self._text.find(mark, self._at)
        if end < 0:
            raise _unclosed(mark)
        text = self._text[self._at : end]
        self._at = end + 1
        return text

    def _here(self, operator: str) -> None:
        """Note that a text follows the line; its last line is the next word."""
        place = len(self._found) - 1
        while self._text[self._at : self._at + 1] in {" ", "\t"}:
            self._at += 1
        parts = tuple(self._parts())
        if not parts:
            raise _unexpected("newline")
        last = "".join(part.text for part in parts)
        self._heres.append((place, operator, last, all(part.mark == "" for part in parts)))

    def _read_heres(self) -> None:
        """Read the texts that the line before asked for; one that is never closed goes to the end."""
        for place, operator, last, expand in self._heres:
            lines: list[str] = []
            while self._at < len(self._text):
                end = self._text.find("\n", self._at)
                line = self._text[self._at : end if end >= 0 else None]
                self._at += len(line) + 1
                line = line.lstrip("\t") if operator == "<<-" else line
                if line == last:
                    break
                lines.append(f"{line}\n")
            self._found[place] = _Operator("<<", 0, Part("".join(lines), '"' if expand else "'"))
        self._heres = []


def _unclosed(mark: str) -> WorldError:
    return WorldError(f"bash: unexpected EOF while looking for matching `{mark}'")
