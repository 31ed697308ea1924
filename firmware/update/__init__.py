"""Updates over the air: a signed tree goes into the spare slot, is tried, and is kept or taken back."""
