"""What each venue sends over WebSockets, one module each. No module opens a connection."""
