"""The addresses: what each asks the library for. The guard has let the request through; keys are checked here."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Annotated, Final

from fastapi import FastAPI, Path, Query, Request
from pydantic import StringConstraints, ValidationError
from starlette.responses import Response, StreamingResponse

from petri.errors import BadMessage
from petri.viewer.admission import Admission
from petri.viewer.desk import Desk
from petri.viewer.guard import SESSION
from petri.viewer.library import Library
from petri.viewer.static_files import StaticFile
from petri.viewer.wire_server import About, Indexing, Problem, Saved, SessionRequest

_KEY: Final = r"^[0-9a-f]{12}$"
_ITEM: Final = r"^[0-9a-f]{24}$"
_MOST_RUNS: Final = 2000

InPath = Annotated[str, Path(pattern=_KEY)]
ItemInPath = Annotated[str, Path(pattern=_ITEM)]
InQuery = Annotated[str, Query(pattern=_KEY)]
AnyRuns = Annotated[
    list[Annotated[str, StringConstraints(pattern=_KEY)]],
    Query(alias="run", default_factory=list, max_length=_MOST_RUNS),
]
Words = Annotated[str, Query(alias="q", max_length=1000)]
TargetName = Annotated[str | None, Query(max_length=1000)]


def json_answer(text: bytes | str, status: int = 200) -> Response:
    """Give an answer of JSON that is ready."""
    return Response(text, status, media_type="application/json")


def problem(status: int, text: str) -> Response:
    """Give the answer to a request that is not fulfilled."""
    return json_answer(Problem(problem=text).model_dump_json(), status)


def add_page(app: FastAPI, files: Mapping[str, StaticFile]) -> None:
    """Add the addresses of the page's files."""
    for path, file in files.items():
        app.add_api_route(path, _giver(file), methods=["GET"])


def add_session(app: FastAPI, admission: Admission) -> None:
    """Add the address where the token becomes a cookie."""

    @app.post(SESSION)
    async def session(request: Request) -> Response:
        try:
            asked = SessionRequest.model_validate_json(await request.body())
        except ValidationError as error:
            raise BadMessage('this takes {"token": "…"}') from error
        if admission.paused:
            return problem(403, "too many wrong tokens; wait a minute")
        cookie = admission.exchange(asked.token)
        if cookie is None:
            return problem(
                403, "not the token of this server; open the address that it printed when it started"
            )
        answer = json_answer(Saved().model_dump_json())
        answer.set_cookie(admission.cookie_name, cookie, path="/", httponly=True, samesite="strict")
        return answer


def add_viewing(app: FastAPI, library: Library) -> None:
    """Add the addresses of what can be looked at."""
    _add_runs(app, library)

    @app.get("/api/audits")
    async def audits(runs: AnyRuns) -> Response:
        return json_answer(await library.audits(runs))

    @app.get("/api/transcripts/{run}/{audit}")
    async def transcript(run: InPath, audit: InPath) -> Response:
        return json_answer(await library.transcript(run, audit))

    @app.get("/api/transcripts/{run}/{audit}/reading")
    async def reading(
        run: InPath, audit: InPath, judged: Annotated[str | None, Query(alias="set", pattern=_KEY)] = None
    ) -> Response:
        return json_answer(await library.reading(run, audit, judged))

    @app.get("/api/transcripts/{run}/{audit}/raw")
    async def raw(run: InPath, audit: InPath) -> Response:
        return json_answer(await library.raw(run, audit))

    @app.get("/api/search")
    async def search(words: Words, runs: AnyRuns) -> Response:
        return json_answer(await library.search(words, runs))

    @app.get("/api/compare")
    async def compare(
        left: InQuery, right: InQuery, left_target: TargetName = None, right_target: TargetName = None
    ) -> Response:
        return json_answer(await library.compare(left, right, left_target, right_target))

    @app.get("/api/changes")
    async def changes() -> Response:
        return StreamingResponse(_events(library.changes()), media_type="text/event-stream")


def _add_runs(app: FastAPI, library: Library) -> None:
    """Add the addresses of runs as a whole."""

    @app.get("/api/runs")
    async def runs() -> Response:
        return json_answer(await library.runs())

    @app.get("/api/runs/{run}")
    async def run(run: InPath) -> Response:
        return json_answer(await library.run(run))

    @app.get("/api/runs/{run}/report")
    async def report(run: InPath) -> Response:
        return json_answer(await library.report(run))


def add_annotating(app: FastAPI, desk: Desk) -> None:
    """Add the addresses of annotating; they are the only ones then, so that nothing of a judge has one."""

    @app.get("/api/annotate/session")
    async def session() -> Response:
        return json_answer(await desk.session())

    @app.get("/api/annotate/items/{key}")
    async def item(key: ItemInPath) -> Response:
        return json_answer(await desk.item(key))

    @app.post("/api/annotate/items/{key}")
    async def submit(key: ItemInPath, request: Request) -> Response:
        return json_answer(await desk.submit(key, await _text(request)))

    @app.post("/api/annotate/items/{key}/reveal")
    async def reveal(key: ItemInPath) -> Response:
        return json_answer(await desk.reveal(key))

    @app.get("/api/annotate/drafts/{key}")
    async def draft(key: ItemInPath) -> Response:
        return json_answer(await desk.draft(key))

    @app.put("/api/annotate/drafts/{key}")
    async def save_draft(key: ItemInPath, request: Request) -> Response:
        return json_answer(await desk.save_draft(key, await _text(request)))


def add_about(app: FastAPI, about: About, library: Library | None) -> None:
    """Add the address of what this server is."""

    @app.get("/api/about")
    async def told() -> Response:
        if library is None:
            return json_answer(about.model_dump_json())
        indexing = Indexing.model_validate_json(library.indexing())
        return json_answer(about.model_copy(update={"indexing": indexing}).model_dump_json())


def _giver(file: StaticFile) -> Callable[[], Awaitable[Response]]:
    async def given() -> Response:
        return Response(file.body, media_type=file.kind)

    return given


async def _text(request: Request) -> str:
    """Give what was sent as text; whoever reads it parses it."""
    try:
        return (await request.body()).decode()
    except UnicodeDecodeError as error:
        raise BadMessage("what is written is JSON in UTF-8") from error


async def _events(changes: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """Yield changes as server-sent events."""
    async for change in changes:
        yield b"data: " + change + b"\n\n"
