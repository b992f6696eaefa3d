"""All HTTP: requests, answers and failures."""
