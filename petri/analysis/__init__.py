"""From logs to numbers: rows, statistics, results; whatever did not produce a number is counted beside it."""
