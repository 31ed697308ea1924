"""Readers of Chinese identity cards with a SAM_V security module: frames, card layouts, the reader itself."""
