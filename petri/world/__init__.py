"""A simulated world behind a target's tools: plain data and pure operations; nothing touches the real machine."""
