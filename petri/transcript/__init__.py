"""What happened in an audit, folded from the log; the only thing a judge, a report or a viewer reads."""
