"""A log that anybody can check: trees, tiles, proofs, notes, checkpoints, witnesses (C2SP)."""
