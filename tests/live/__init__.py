"""`make live`: ask the real providers, hold their answers against the contract, and record what they sent."""
