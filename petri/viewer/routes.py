"""The addresses: what each asks the library for. The guard has let the request through; keys are checked here."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
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


def page_routes(files: Mapping[str, StaticFile]) -> APIRouter:
    """Give the addresses of the page's files."""
    router = APIRouter()
    for path, file in files.items():
        router.add_api_route(path, _giver(file), methods=["GET"])
    return router


def session_routes(admission: Admission) -> APIRouter:
    """Give the address where the token becomes a cookie."""
    router = APIRouter()

    @router.post(SESSION)
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

    return router


def view_routes(library: Library) -> APIRouter:
    """Give the addresses of what can be looked at."""
    router = APIRouter(prefix="/api")

    @router.get("/runs")
    async def runs() -> Response:
        return json_answer(await library.runs())

    @router.get("/runs/{run}")
    async def run(run: InPath) -> Response:
        return json_answer(await library.run(run))

    @router.get("/audits")
    async def audits(runs: AnyRuns) -> Response:
        return json_answer(await library.audits(runs))

    @router.get("/transcripts/{run}/{audit}")
    async def transcript(run: InPath, audit: InPath) -> Response:
        return json_answer(await library.transcript(run, audit))

    @router.get("/transcripts/{run}/{audit}/reading")
    async def reading(
        run: InPath, audit: InPath, judged: Annotated[str | None, Query(alias="set", pattern=_KEY)] = None
    ) -> Response:
        return json_answer(await library.reading(run, audit, judged))

    @router.get("/transcripts/{run}/{audit}/raw")
    async def raw(run: InPath, audit: InPath) -> Response:
        return json_answer(await library.raw(run, audit))

    @router.get("/search")
    async def search(words: Words, runs: AnyRuns) -> Response:
        return json_answer(await library.search(words, runs))

    @router.get("/compare")
    async def compare(
        left: InQuery, right: InQuery, left_target: TargetName = None, right_target: TargetName = None
    ) -> Response:
        return json_answer(await library.compare(left, right, left_target, right_target))

    @router.get("/changes")
    async def changes() -> Response:
        return StreamingResponse(_events(library.changes()), media_type="text/event-stream")

    return router


def annotate_routes(desk: Desk) -> APIRouter:
    """Give the addresses of annotating; they are the only ones then, so that nothing of a judge has one."""
    router = APIRouter(prefix="/api/annotate")

    @router.get("/session")
    async def session() -> Response:
        return json_answer(await desk.session())

    @router.get("/items/{key}")
    async def item(key: ItemInPath) -> Response:
        return json_answer(await desk.item(key))

    @router.post("/items/{key}")
    async def submit(key: ItemInPath, request: Request) -> Response:
        return json_answer(await desk.submit(key, await _text(request)))

    @router.get("/items/{key}/reveal")
    async def reveal(key: ItemInPath) -> Response:
        return json_answer(await desk.reveal(key))

    @router.get("/drafts/{key}")
    async def draft(key: ItemInPath) -> Response:
        return json_answer(await desk.draft(key))

    @router.put("/drafts/{key}")
    async def save_draft(key: ItemInPath, request: Request) -> Response:
        return json_answer(await desk.save_draft(key, await _text(request)))

    return router


def about_routes(about: About, library: Library | None) -> APIRouter:
    """Give the address of what this server is."""
    router = APIRouter(prefix="/api")

    @router.get("/about")
    async def told() -> Response:
        if library is None:
            return json_answer(about.model_dump_json())
        indexing = Indexing.model_validate_json(library.indexing())
        return json_answer(about.model_copy(update={"indexing": indexing}).model_dump_json())

    return router


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
