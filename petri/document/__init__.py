"""A file that a person wrote: read within limits, with the position of everything in it, and faults in plain words."""
