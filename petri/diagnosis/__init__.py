"""What this machine, this environment and a file's models are like, before anything is run."""
