"""What the containers are made of, held without Docker: its files are read, and their own steps are taken."""
