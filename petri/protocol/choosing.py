"""Which way a model's tool calls are written: as its settings say, or as one tiny call finds out."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from inspect_ai.model import Model

from petri.protocol.calling import Mode
from petri.protocol.probe import supports_tools

ToolCalling = Literal["native", "text", "auto"]


@dataclass(slots=True)
class Probes:
    """What is known of models whose tool calling was to be found out; each is asked once."""

    _known: dict[str, bool] = field(default_factory=dict[str, bool])
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def mode(self, model: Model, wanted: ToolCalling) -> Mode:
        """Give how this model's tool calls are written; raises what a failing probe raises."""
        if wanted != "auto":
            return wanted
        async with self._asking:
            name = f"{model} {model.api.base_url or ''}"
            if name not in self._known:
                self._known[name] = await supports_tools(model)
        return "native" if self._known[name] else "text"
