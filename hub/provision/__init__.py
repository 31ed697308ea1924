"""Who may speak: keys, certificates, and the board.json that tells a device who it is."""

from hub.provision.keys import ProvisionFault
from hub.provision.provision import Provision

__all__ = ["Provision", "ProvisionFault"]
