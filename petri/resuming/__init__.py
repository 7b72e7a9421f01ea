"""A run that was stopped, finished: what is complete stays, the rest goes on from where it stood."""
