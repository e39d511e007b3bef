"""Whole circles of devices in one thread, from a seed: every pause, fault and lie of a schedule can be had again.

`run.py` plays one schedule; `world.py` has the moves; `shared.py` the store, or the folder; `real.py` the same with
real files; `wire.py` the faults on the way; `promises.py` what must hold; `bugs.py` what must be found.
"""
