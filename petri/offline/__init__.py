"""Simulated models that need no network and no key. Their scores say nothing about real models."""
