"""What members reads: facts for its rules, rows for its pages, and the queries on them."""
