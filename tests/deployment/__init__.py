"""How the engine is deployed, held without Docker: its files are read, and their own steps are taken."""
