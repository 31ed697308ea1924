"""The far side of every cable: boards, parts, people, a whole building and the city platform, as public code.

Simulators speak to the hub as devices do; they never import it.
"""
