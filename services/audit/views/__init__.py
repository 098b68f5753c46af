"""What is read of a log: checkpoints, tiles, bundles, proofs."""
