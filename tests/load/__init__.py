"""How the engine bears the load of many clients: `make load`, in profiles, against the stand-in."""
