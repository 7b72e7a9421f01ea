"""What a person wants to know: scenario files, read strictly, every fault with its line and column."""
