"""Trials: a day lived through again under other rules before they are switched on. Pure but for reading the journal."""
