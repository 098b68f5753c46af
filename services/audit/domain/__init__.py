"""What the log asks of an entry, and what it says of itself: pure, no IO."""
