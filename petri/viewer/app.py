"""The application: the addresses behind the guard, and what every error becomes."""

import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from petri.errors import BadMessage, PetriError, ReaderDied, UnknownKey, UnreadableLog, Withheld
from petri.viewer.admission import Admission
from petri.viewer.desk import Desk
from petri.viewer.guard import Gate, Guard
from petri.viewer.library import Library
from petri.viewer.routes import add_about, add_annotating, add_page, add_session, add_viewing, problem
from petri.viewer.static_files import StaticFile
from petri.viewer.wire_server import About

_STATUS: Final[Mapping[type[PetriError], int]] = {
    BadMessage: 400,
    Withheld: 403,
    UnknownKey: 404,
    ReaderDied: 503,
    UnreadableLog: 503,
}
"""What a request becomes that ended in one of these; the texts of all of them are for a person, and have no paths."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a server answers with."""

    title: str
    """What is served, in a word."""
    version: str
    source: Library | Desk
    """What is looked at, or where an annotator sits: never both, so that annotating is blind."""
    page: Mapping[str, StaticFile]


def make_app(served: Served, admission: Admission, authorities: frozenset[str]) -> Guard:
    """Give the application, guarded; ``authorities`` are the hosts with ports that it answers to."""
    app = bare_app(served, admission)
    return Guard(app, Gate(authorities, frozenset(served.page), admission))


def bare_app(served: Served, admission: Admission) -> FastAPI:
    """Give the application without its guard, whose addresses can be listed."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    source = served.source
    library = source if isinstance(source, Library) else None
    about = About(
        petri=served.version,
        mode="annotate" if library is None else "view",
        title=served.title,
        indexing=None,
    )
    add_page(app, served.page)
    add_session(app, admission)
    add_about(app, about, library)
    if isinstance(source, Library):
        add_viewing(app, source)
    else:
        add_annotating(app, source)
    for kind in (PetriError, RequestValidationError, HTTPException, OSError, Exception):
        app.add_exception_handler(kind, _answer)
    return app


async def _answer(request: Request, error: Exception) -> Response:  # noqa: ARG001 -- Starlette's signature
    """Say what went wrong, without paths or traces."""
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return problem(status, str(error))
    if isinstance(error, RequestValidationError):
        return problem(400, "the address names something that cannot be: a key, a number or a word is off")
    if isinstance(error, HTTPException):
        return problem(error.status_code, "there is nothing here" if error.status_code == 404 else "not so")  # noqa: PLR2004 -- HTTP's
    _tell(error)
    if isinstance(error, OSError):
        return problem(503, f"a file could not be read or written: {error.strerror or 'no reason given'}")
    return problem(500, "a fault of this program's; the terminal where it was started says which")


def _tell(error: Exception) -> None:
    """Name a fault in the terminal; all of it only where that was asked for."""
    sys.stderr.write(f"petri: a request failed: {type(error).__name__}; PETRI_DEBUG=1 shows where\n")
    if os.environ.get("PETRI_DEBUG"):
        traceback.print_exception(error)
