"""What models charge, what a run will probably come to, and what it could show."""
