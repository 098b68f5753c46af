"""Chaos: two replicas on real servers, six clients, faults drawn from a seed, and the invariants.

`python -m tests.chaos --seconds 60 --seed 7` starts everything, hurts it for that long, empties
NATS at the end, waits until all has converged, checks, and prints one line of JSON. What broke
under a seed is looked for again under the same seed; only the machine's timing differs.

`world` starts servers and replicas, `link` is a wire that can be hurt, `faults` hurts, `traffic`
sends commands and `ledger` keeps what was answered, `checks` and `fold` say whether it all holds.
"""
