"""The vault: who the visitors are. The only room that ever holds names, identity numbers and phone numbers."""

from hub.vault.identity import Identity, masked
from hub.vault.vault import Vault, VaultFault
from hub.vault.words import Words

__all__ = ["Identity", "Vault", "VaultFault", "Words", "masked"]
