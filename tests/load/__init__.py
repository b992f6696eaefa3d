"""`make load`: the load of many clients on the engine, in profiles, against the stand-in."""
