"""One file per kind of device: messages on one side, parts on the other. None knows the network or the metal."""
