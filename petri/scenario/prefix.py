"""A conversation that an audit goes on from: out of a log, a transcript or a file of messages, by what is in it."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, cast
from zipfile import BadZipFile

from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample, read_eval_log_sample, read_eval_log_sample_summaries
from inspect_ai.model import ChatMessage, ContentReasoning, ContentText, ContentToolUse
from inspect_ai.tool import ToolInfo
from zstandard import ZstdError

from petri.conversation.tree import Tree, dump_message
from petri.document.source import Source, printable
from petri.document.wording import did_you_mean, found
from petri.errors import Fault, InvalidFile, TreeError
from petri.scenario.messages import Unreadable, load_json, read_message, read_system, read_tool
from petri.scenario.ordering import Said, put_in_order
from petri.scenario.schema import Continuation

MAX_BYTES: Final = 16 << 20
FORMAT: Final = "petri-transcript/1"
_ZIP: Final = b"PK\x03\x04"
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_MOST_CHOICES: Final = 20
_WANTED: Final = f"a list of messages, a mapping with 'messages', an Inspect log or a transcript ({FORMAT})"
_READABLE: Final = (ContentText, ContentReasoning, ContentToolUse)


@dataclass(frozen=True, slots=True)
class Prefix:
    """What was said before the audit, in an order that every provider accepts, and the tools in force.

    It may end with any message, and with tool calls that wait for results. ``sha256`` is of the file.
    """

    messages: tuple[ChatMessage, ...]
    tools: tuple[ToolInfo, ...]
    sha256: str


def read_wanted(wanted: Continuation, folder: Path) -> Prefix:
    """Read what a scenario in a file of this folder goes on from; raises ``InvalidFile``."""
    path = folder / wanted.file
    return read_prefix(path, sample=wanted.sample, messages=wanted.messages, shown=wanted.file)


def read_prefix(
    path: Path, *, sample: str | None = None, messages: int | None = None, shown: str | None = None
) -> Prefix:
    """Give the conversation of a file, or its first ``messages``; raises ``InvalidFile`` with every fault found.

    ``sample`` chooses where a file holds several: ``id`` or ``id:epoch`` in a log, the id or the line in lines of JSON.
    ``shown`` is what faults call the file.
    """
    reading = _Reading(path, printable(str(path) if shown is None else shown), sample, messages)
    sha256, is_zip = reading.identity()
    said, tools = reading.log("eval") if is_zip else reading.text()
    if not said:
        raise reading.refusal("no messages in it; an audit can go on only from a conversation")
    if messages is not None and said[-1].number < messages:
        raise reading.refusal(f"only {said[-1].number} messages in it; {messages} are asked for")
    reading.check_text(said, tools)
    return Prefix(reading.in_order(said, sha256[:8]), tools, sha256)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One file as it is read: where it lies, what people call it, and what of it is wanted."""

    path: Path
    name: str
    sample: str | None
    most: int | None

    def refusal(self, message: str, line: int = 0, col: int = 0) -> InvalidFile:
        """Give the error that the file as a whole, or a place in it, cannot be used."""
        return InvalidFile([Fault(self.name, line, col, message)])

    def identity(self) -> tuple[str, bool]:
        """Give the digest of the file, and whether it is a zip, as Inspect's logs are."""
        if not self.path.exists():
            near = did_you_mean(self.path.name, self._beside())
            raise self.refusal(f"no such file{near}")
        if not self.path.is_file():
            raise self.refusal("not a regular file")
        try:
            with self.path.open("rb") as file:
                is_zip = file.read(len(_ZIP)) == _ZIP
                file.seek(0)
                return hashlib.file_digest(file, "sha256").hexdigest(), is_zip
        except OSError as error:
            raise self.refusal(f"cannot be read: {error.strerror}") from error

    def _beside(self) -> list[str]:
        return [file.name for file in self.path.parent.iterdir()] if self.path.parent.is_dir() else []

    def check_text(self, said: Sequence[Said], tools: Sequence[ToolInfo]) -> None:
        """Refuse what cannot be written down, and what is too much."""
        dumped = [dump_message(item.message) for item in said]
        whole = json.dumps([dumped, [tool.model_dump(mode="json") for tool in tools]], ensure_ascii=False)
        half = _SURROGATE.search(whole)
        if half:
            raise self.refusal(f"\\u{ord(half[0]):04x} is half of a character; write the character itself")
        if len(whole) > MAX_BYTES:
            raise self.refusal(f"{len(whole):,} characters of conversation; {MAX_BYTES:,} at most")

    def in_order(self, said: Sequence[Said], mark: str) -> tuple[ChatMessage, ...]:
        """Give the messages as a path, or every fault in their order."""
        messages, misplaced = put_in_order(said, mark)
        if misplaced:
            raise InvalidFile(
                [
                    Fault(self.name, item.said.line, 0, f"message {item.said.number} {item.reason}")
                    for item in misplaced
                ]
            )
        return messages

    def choose(self, names: Sequence[str], what: str) -> int:
        """Give the position of the conversation that is wanted; each name stands for one."""
        wanted = self.sample
        fitting = [n for n, name in enumerate(names) if wanted in {None, name, name.rpartition(":")[0]}]
        if len(fitting) == 1:
            return fitting[0]
        choices = ", ".join(names[:_MOST_CHOICES]) + (", …" if len(names) > _MOST_CHOICES else "")
        if wanted is None:
            raise self.refusal(f"{len(names)} {what}; choose one with 'sample': {choices}")
        problem = f"{wanted!r} fits {len(fitting)} of the" if fitting else f"no {wanted!r} among the"
        raise self.refusal(f"{problem} {what}{did_you_mean(wanted, names)}: {choices}")

    def log(self, form: Literal["eval", "json"]) -> tuple[list[Said], tuple[ToolInfo, ...]]:
        """Give a sample's messages, and the tools of the last call to a model that led to one of them."""
        summaries = self._inspect(partial(read_eval_log_sample_summaries, self.path, format=form))
        keys = [(summary.id, summary.epoch) for summary in summaries]
        if not keys:
            raise self.refusal("a log without samples")
        id_, epoch = keys[self.choose([f"{id_}:{epoch}" for id_, epoch in keys], "samples")]
        sample = self._inspect(
            partial(read_eval_log_sample, self.path, id_, epoch, resolve_attachments="full", format=form)
        )
        said = self._numbered(sample.messages)
        return said, _tools_of(sample, {item.message.id for item in said})

    def _inspect(self, read: Callable[[], Any]) -> Any:
        """Read with Inspect, in a thread: in the main thread, it would put signal handlers of its own."""
        try:
            with ThreadPoolExecutor(1) as reader:
                return reader.submit(read).result()
        except (OSError, EOFError, ValueError, KeyError, IndexError, BadZipFile, ZstdError) as error:
            raise self.refusal(f"cannot be read as an Inspect log: {error}") from error

    def _numbered(self, messages: Sequence[ChatMessage]) -> list[Said]:
        """Number the messages that are wanted; what is not text cannot be gone on from."""
        said = [Said(number, 0, message) for number, message in enumerate(messages[: self.most], start=1)]
        faults = [
            Fault(self.name, 0, 0, f"message {item.number} holds {part.type}; only text can be gone on from")
            for item in said
            if not isinstance(item.message.content, str)
            for part in item.message.content
            if not isinstance(part, _READABLE)
        ]
        if faults:
            raise InvalidFile(faults)
        return said

    def text(self) -> tuple[list[Said], tuple[ToolInfo, ...]]:
        """Read a file of JSON, or of lines of JSON."""
        size = self.path.stat().st_size
        if size > MAX_BYTES:
            raise self.refusal(f"{size:,} bytes; a conversation may have {MAX_BYTES:,} (16 MiB) at most")
        try:
            text = self.path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.refusal(f"not UTF-8 at byte {error.start + 1}, and no Inspect log (.eval)") from error
        source = Source(self.name, text, "")
        try:
            return self._known(load_json(text))
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":
                raise self.refusal(f"not JSON: {error.msg}", *source.place(error.pos)) from error
        except ValueError as error:
            raise self.refusal(f"not JSON that can be used: {error}") from error
        return self._lines(text)

    def _lines(self, text: str) -> tuple[list[Said], tuple[ToolInfo, ...]]:
        """Read lines of JSON: a message each, or a conversation each."""
        rows: list[tuple[int, Any]] = []
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                try:
                    rows.append((number, load_json(line)))
                except ValueError as error:
                    raise self.refusal(f"not JSON: {error}", number) from error
        if all(isinstance(row, dict) and not _is_message(cast("dict[str, Any]", row)) for _, row in rows):
            names = [str(row.get("id", number)) for number, row in rows]
            return self._known(rows[self.choose(names, "conversations")][1], chosen=True)
        return self._messages(rows), ()

    def _known(self, data: Any, *, chosen: bool = False) -> tuple[list[Said], tuple[ToolInfo, ...]]:
        """Read a JSON value by what it looks like."""
        keys = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        if "eval" in keys and "version" in keys:
            return self.log("json")
        if not chosen and self.sample not in (None, keys.get("id")):
            raise self.refusal(f"one conversation, not one of several: leave 'sample' out ({self.sample!r})")
        if isinstance(data, list):
            return self._messages([(0, item) for item in cast("list[Any]", data)]), ()
        if not isinstance(data, dict):
            raise self.refusal(f"should be {_WANTED}, found {found(data)}")
        form = keys.get("format")
        if isinstance(form, str):
            return self._transcript(form, keys.get("tree"))
        if _is_message(keys):
            return self._messages([(0, keys)]), ()
        if isinstance(keys.get("messages"), list):
            return self._conversation(keys)
        raise self.refusal(
            f"should be {_WANTED}; found a mapping with {', '.join(map(repr, list(keys)[:5])) or 'nothing'}"
        )

    def _transcript(self, form: str, tree: Any) -> tuple[list[Said], tuple[ToolInfo, ...]]:
        if form != FORMAT:
            raise self.refusal(f"the format {form!r} is not known here; known: {FORMAT}")
        try:
            whole = Tree.parse(tree)
        except TreeError as error:
            raise self.refusal(str(error)) from error
        said = self._numbered(whole.messages())
        return said, whole.tools

    def _conversation(self, data: dict[str, Any]) -> tuple[list[Said], tuple[ToolInfo, ...]]:
        """Read messages with what stands beside them: Anthropic's system prompt, and tools."""
        faults: list[Fault] = []
        tools: list[ToolInfo] = []
        said: list[Said] = []
        given: Any = data.get("tools") or []
        if not isinstance(given, list):
            raise self.refusal(f"'tools' should be a list, found {found(given)}")
        for number, tool in enumerate(cast("list[Any]", given), start=1):
            try:
                tools.append(read_tool(tool))
            except Unreadable as error:
                faults.append(Fault(self.name, 0, 0, f"tool {number}: {error}"))
        names = [tool.name for tool in tools]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            faults.append(
                Fault(self.name, 0, 0, f"more than one tool is named {', '.join(map(repr, twice))}")
            )
        try:
            if data.get("system"):
                said.append(Said(0, 0, read_system(data["system"])))
        except Unreadable as error:
            faults.append(Fault(self.name, 0, 0, f"system: {error}"))
        try:
            said += self._messages([(0, item) for item in data["messages"]])
        except InvalidFile as error:
            faults += error.faults
        if faults:
            raise InvalidFile(faults)
        return said, tuple(tools)

    def _messages(self, rows: Sequence[tuple[int, Any]]) -> list[Said]:
        """Read messages, each with its line; raises ``InvalidFile`` with the faults of all of them."""
        said: list[Said] = []
        faults: list[Fault] = []
        for number, (line, data) in enumerate(rows[: self.most], start=1):
            try:
                said += [Said(number, line, message) for message in read_message(data)]
            except Unreadable as error:
                faults.append(Fault(self.name, line, 0, f"message {number}: {error}"))
        if faults:
            raise InvalidFile(faults)
        return said


def _tools_of(sample: EvalSample, ids: set[str | None]) -> tuple[ToolInfo, ...]:
    """Give the tools of the last model call whose reply is among the messages."""
    for event in reversed(sample.events):
        if isinstance(event, ModelEvent) and event.output.choices and event.output.message.id in ids:
            return tuple(event.tools)
    return ()


def _is_message(data: dict[str, Any]) -> bool:
    return "role" in data
