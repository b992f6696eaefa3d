"""Whether rules hold: figures with their doubts, three-valued conditions, edges. It waits for nothing."""
