"""What a judge scores: rubric files, read strictly, every fault with its line and column."""
