"""`python -m benchmarks.sentiment`: the accuracy of the scorer on labelled headlines."""

import time

from engine.analysis.scorer import SENTIMENTS, judge_text
from tests.headlines import SETS, accuracy, labelled, matrix, plain_vader


def main() -> None:
    """Print a confusion matrix for each set, and the time for one headline."""
    for name in SETS:
        ours, theirs = matrix(lambda text: judge_text(text).sentiment, name), matrix(plain_vader(), name)
        count = len(labelled(name))
        print(
            f"\n{name}: {count} headlines; accuracy {accuracy(ours):.3f}, plain VADER {accuracy(theirs):.3f}"
        )
        print(f"| {'labelled':<10} | " + " | ".join(f"{word:>10}" for word in SENTIMENTS) + " |")
        print("|" + "|".join(["-" * 12] * 4) + "|")
        for label, row in ours.items():
            print(f"| {label:<10} | " + " | ".join(f"{row[word]:>10}" for word in SENTIMENTS) + " |")
    titles = [title for name in SETS for _, title in labelled(name)]
    start = time.perf_counter()
    for title in titles:
        judge_text(title)
    print(f"\n{(time.perf_counter() - start) / len(titles) * 1e6:.0f} us a headline")


if __name__ == "__main__":
    main()
