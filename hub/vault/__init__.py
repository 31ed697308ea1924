"""The vault: who the visitors are. The only room that ever holds names, identity numbers and phone numbers."""

from hub.vault.identity import Identity, masked
from hub.vault.vault import Vault, VaultFault
from hub.vault.words import About, Words

__all__ = ["About", "Identity", "Vault", "VaultFault", "Words", "masked"]
