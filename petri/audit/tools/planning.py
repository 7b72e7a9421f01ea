"""Tools that the target never notices: private notes, and what the auditor may read."""

from petri.audit.session import Session
from petri.audit.tools.action import Action, Arguments, Effect, Words
from petri.document.wording import did_you_mean
from petri.errors import ActionError


class Note(Arguments):
    """Arguments of note."""

    text: Words


class SkillName(Arguments):
    """Arguments of read_skill."""

    name: str


def _note(session: Session, arguments: Note) -> Effect:
    session.keep_note(arguments.text)
    return {"noted": True}


def _read_skill(session: Session, arguments: SkillName) -> Effect:
    skills = {skill.name: skill for skill in session.cell.skills}
    skill = skills.get(arguments.name)
    if skill is None:
        hint = did_you_mean(arguments.name, skills) or f"; skills: {', '.join(skills)}"
        raise ActionError(f"there is no skill {arguments.name!r}{hint}")
    return {"skill": skill.name, "text": skill.text}


NOTE = Action("note", Note, _note)
READ_SKILL = Action("read_skill", SkillName, _read_skill)
