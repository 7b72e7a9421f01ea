"""The audit loop: an auditor stages, the target answers, everything is recorded as it happens."""
