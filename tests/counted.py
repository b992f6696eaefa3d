"""A parser for `/metrics`."""

from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

Numbers = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> Numbers:
    """Return every number by the name and the labels of its series."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def number(numbers: Numbers, name: str, **labels: str) -> float | None:
    """Return the number of a series, or `None` if there is none."""
    return numbers.get((name, frozenset(labels.items())))


def labels_of(numbers: Numbers, name: str, label: str) -> set[str]:
    """Return the values of a label in all series of a name."""
    return {dict(labels)[label] for series, labels in numbers if series == name}
