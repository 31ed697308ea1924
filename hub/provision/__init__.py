"""Who may speak: keys, certificates, and the board.json that tells a device who it is."""
