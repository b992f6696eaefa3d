"""Invented costs that are easy to calculate with."""

from dataclasses import fields

from benchmarks.scaling.costs import Costs, Figure

VALUES = {
    "hit_alone": 300.0,
    "hit_busy": 100.0,
    "state_alone": 400.0,
    "state_busy": 200.0,
    "shared_hit_alone": 500.0,
    "shared_hit_busy": 250.0,
    "hit_bytes": 2_000.0,
    "call": 5_000.0,
    "candle_calls": 1.0,
    "price_calls": 8.0,
    "stream_kilobytes": 4.0,
    "message_bytes": 500.0,
    "megabytes": 100.0,
    "worker_megabytes": 50.0,
    "idle": 0.001,
}
"""What is not here is 10."""
COSTS = Costs(
    "a machine",
    **{
        field.name: Figure(VALUES.get(field.name, 10.0), "us", "some benchmark")
        for field in fields(Costs)
        if field.name != "machine"
    },
)
