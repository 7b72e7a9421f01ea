"""Loopback stand-ins for the model providers: strict about the protocol, free in what they answer."""

from .exchange import Exchange, Reply, Responder, ToolCall, ToolResult, Turn, Usage, Wire
from .server import LoopbackServer, loopback_server

__all__ = [
    "Exchange",
    "LoopbackServer",
    "Reply",
    "Responder",
    "ToolCall",
    "ToolResult",
    "Turn",
    "Usage",
    "Wire",
    "loopback_server",
]
