"""Novastar sending cards: what feeds a LED wall behind HDMI or DVI is dimmed, blacked and watched on its own port."""
