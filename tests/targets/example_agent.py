"""A command-line agent as a user would deploy it: own system prompt, own tool, own session, one of two real clients.

The client is imported when it is used: that takes a second or two of each turn.

usage: example_agent.py openai|anthropic [FAULT]
"""

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
PARAMETERS = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}


def through_openai(rows: Rows, *, reports: bool) -> str:
    client: Any = import_module("openai").OpenAI()
    function = {"name": "look", "description": "Looks.", "parameters": PARAMETERS}
    tools = [{"type": "function", "function": function}]
    while True:
        sent = [{"role": "system", "content": "You are the desk."}, *rows]
        message = client.chat.completions.create(model="gpt-x", messages=sent, tools=tools).choices[0].message
        rows.append(message.model_dump(exclude_none=True))
        if not (message.tool_calls and reports):
            return message.content or ""
        for call in message.tool_calls:
            rows.append(
                {"role": "tool", "tool_call_id": call.id, "content": f"looked: {call.function.arguments}"}
            )


def through_anthropic(rows: Rows, *, reports: bool) -> str:
    client: Any = import_module("anthropic").Anthropic()
    tools = [{"name": "look", "description": "Looks.", "input_schema": PARAMETERS}]
    while True:
        message = client.messages.create(
            model="claude-x", system="You are the desk.", messages=rows, tools=tools, max_tokens=1000
        )
        rows.append(
            {
                "role": "assistant",
                "content": [block.model_dump(exclude_none=True) for block in message.content],
            }
        )
        calls = [block for block in message.content if block.type == "tool_use"]
        if not (calls and reports):
            return "".join(block.text for block in message.content if block.type == "text")
        results = [
            {"type": "tool_result", "tool_use_id": call.id, "content": f"looked: {json.dumps(call.input)}"}
            for call in calls
        ]
        rows.append({"role": "user", "content": results})


def main(client: str, fault: str = "") -> None:
    said = sys.stdin.read()
    if fault == "crash":
        sys.exit("no such customer")
    if fault == "hang":
        time.sleep(60)
    if fault == "no-model":
        sys.stdout.write(f"You said {said!r} in {os.environ['DESK']}.")
        return
    session = Path(f"{os.environ['CONVERSATION_ID']}.json")
    rows: Rows = json.loads(session.read_text()) if session.exists() else []
    rows.append({"role": "user", "content": said})
    through = through_openai if client == "openai" else through_anthropic
    reply = through(rows, reports=fault != "silent")
    session.write_text(json.dumps(rows))
    sys.stdout.write(f"[desk] {reply}\n\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
