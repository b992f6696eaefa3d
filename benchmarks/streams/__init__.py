"""The fan-out of streams beside uvicorn with websockets: same messages, clients and machine, in one run."""
